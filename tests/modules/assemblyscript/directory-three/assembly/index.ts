// Persons with first and last names. The first migration gives people two names, the second makes persons of them.
import { PersonTwo } from "./before";
export { split } from "./split";

@table("persons")
class Person {
  @primaryKey @autoInc id: u32 = 0;
  @index sortedBy: string = "";
  sayings: Array<string> = [];
}

@reducer
function add(first: string, last: string): u32 {
  return db.persons.insert({ sortedBy: sortable(first, last) }).id;
}

@migration("2.0.0", "3.0.0", { drops: ["people", "sayings"] })
function join(): void {
  const people = old.people2.scan();
  while (people.next()) {
    const row = people.row;
    db.persons.insert({ id: row.id, sortedBy: sortable(row.first, row.last), sayings: sayingsOf(row) });
  }
}

function sayingsOf(person: PersonTwo): Array<string> {
  const texts: Array<string> = [];
  const sayings = old.sayings.person.of(person.id);
  while (sayings.next()) texts.push(sayings.text);
  return texts;
}

function sortable(first: string, last: string): string {
  return `${last}, ${first}`;
}
