import { ensure } from "@interstice/assemblyscript";

// Who was born first comes first.
@migration("1.0.0", "2.0.0")
export function split(): void {
  const people = old.people1.byBorn.scan();
  while (people.next()) {
    const name = people.name;
    const space = name.indexOf(" ");
    ensure(space > 0, `${name} has one name only`);
    filled.people2.insert({ id: people.id, first: name.substring(0, space), last: name.substring(space + 1) });
  }
}
