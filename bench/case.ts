/** What a case is: the same work on every side, under the same name. */

/** One row of the table. */
export interface Case {
  readonly name: string;
  readonly title: string;
  readonly unit: 'ns' | 'us' | 'ms';
  /** The most that tsorch may take. */
  readonly targets: {
    /** In units of C++'s time. */
    readonly cpp?: number;
    /** In units of Python's time. */
    readonly python?: number;
    /** What it takes beyond C++'s time, in units of what Python takes beyond it. */
    readonly overhead?: number;
    /** What it takes beyond another case, of as many rounds. */
    readonly beyond?: { readonly name: string; readonly nanoseconds: number };
  };
  /** How often each side takes its turn: a multiple of 36, for orders and blocks, but of six to import. */
  readonly rounds: number;
  /** How often the work is done in a turn; a process is started instead where there is none. */
  readonly iterations?: number;
  /** The threads of LibTorch: one, or as many as there are processors. */
  readonly threads?: 1 | 'all';
}
