// People with one name, and what they said: the third version takes them over.

@table("people")
@index("by_born", "born", "name")
class Person {
  @primaryKey @autoInc id: u32 = 0;
  name: string = "";
  born: u16 = 0;
}

@table("sayings")
class Saying {
  @primaryKey @autoInc id: u32 = 0;
  @index person: u32 = 0;
  text: string = "";
}

@reducer
function add(name: string, born: u16): u32 {
  return db.people.insert({ name, born }).id;
}

@reducer
function say(person: u32, text: string): void {
  db.sayings.insert({ person, text });
}

@reducer
function remove(person: u32): void {
  db.people.delete(person);
}
