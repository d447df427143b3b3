/** One thing that is wrong with the inputs, at its property's path. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}
