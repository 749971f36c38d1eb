/** What a cluster says of itself, as far as it tells why a tunnel into it does not work. */
export interface ClusterFacts {
  readonly nodes: readonly {
    readonly name: string;
    readonly publicKey: string | null;
    /** Seconds since its kg has checked in, where that is too long ago; null where it is not. Infinity for never. */
    readonly silence: number | null;
  }[];
  /** The Peer objects that Kilo takes. */
  readonly peers: readonly {
    readonly name: string;
    readonly publicKey: string | null;
    readonly hasPresharedKey: boolean;
  }[];
  /** Names of Peer objects that Kilo passes over. */
  readonly refused: readonly string[];
}
