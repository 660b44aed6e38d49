import { DiagnosticCode } from "assemblyscript";

/** Reports mistakes of the module's author as compiler errors with file, line and column. */
export class Diagnostics {
  #parser;

  constructor(parser) {
    this.#parser = parser;
    this.count = 0;
  }

  /** Reports a mistake at a node; the compiler prints the line and stops after parsing. */
  error(node, message) {
    this.count++;
    this.#parser.error(DiagnosticCode.User_defined_0, node.range, message);
  }
}
