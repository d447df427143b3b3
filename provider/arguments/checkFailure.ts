/** An error in the inputs, with the path of its property. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}
