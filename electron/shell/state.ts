import type { UiChange, UiState } from '../../shared/contract/ui/verbs.ts';
import { foldChange } from '../../shared/tunnel/change.ts';

/** The state after a change. Parts that did not change stay the same objects. */
export function stateAfter(state: UiState, change: UiChange): UiState {
  switch (change.kind) {
    case 'helper':
      return { ...state, helper: change.helper };
    case 'profiles':
      return { ...state, profiles: change.profiles };
    case 'tunnels':
      return { ...state, tunnels: change.tunnels };
    case 'tunnel':
      return { ...state, tunnels: foldChange(state.tunnels, change.change) };
  }
}
