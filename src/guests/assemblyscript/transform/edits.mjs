/** Insertions and replacements in one source text. What stands behind an edit keeps its line number. */
export class Edits {
  #edits = [];

  replace(start, end, text) {
    this.#edits.push({ start, end, text, order: this.#edits.length });
  }

  insert(at, text) {
    this.replace(at, at, text);
  }

  apply(text) {
    const sorted = [...this.#edits].sort((a, b) => a.start - b.start || a.order - b.order);
    let result = "";
    let position = 0;
    for (const edit of sorted) {
      const lines = text.substring(edit.start, edit.end).split("\n").length - 1;
      result += text.substring(position, edit.start) + edit.text + "\n".repeat(lines);
      position = edit.end;
    }
    return result + text.substring(position);
  }
}
