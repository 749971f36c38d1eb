/** A configuration made from something else that tells of a tunnel. */
export interface ForeignConf {
  /** The interface it is of; null where the source does not say. */
  readonly interface: string | null;
  /** A configuration of `wg`; its lines end in LF. */
  readonly text: string;
  /** For each line of the text, the line of the source that it comes from; both count from 1. */
  readonly sourceLines: readonly number[];
}
