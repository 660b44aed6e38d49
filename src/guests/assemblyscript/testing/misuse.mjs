/** Thrown into the module by a host call that a correct module never makes. */
export class Misuse extends Error {}
