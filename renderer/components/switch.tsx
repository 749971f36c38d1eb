import type { ReactNode } from 'react';
import './switch.css';

/** A switch that is asked to move, and moves when its owner says so. */
export function Switch(props: {
  /** What it switches. */
  readonly label: string;
  readonly isOn: boolean;
  /** Whether what was asked is still being done. */
  readonly isBusy: boolean;
  readonly isDisabled?: boolean;
  readonly size?: 'small' | 'large';
  readonly onPress: (isOn: boolean) => void;
}): ReactNode {
  const { label, isOn, isBusy, isDisabled = false, size = 'small', onPress } = props;
  return (
    <button
      type="button"
      role="switch"
      className={`switch is-${size}`}
      aria-checked={isOn}
      aria-busy={isBusy}
      aria-label={label}
      disabled={isDisabled}
      onClick={() => onPress(!isOn)}
    >
      <span className="switch-knob" />
    </button>
  );
}
