// The tables of the versions before this one, as these declared them.

@old("people", { as: "people1" })
@index("by_born", "born", "name")
export class PersonOne {
  @primaryKey @autoInc id: u32 = 0;
  name: string = "";
  born: u16 = 0;
}

@old("people", { as: "people2" })
export class PersonTwo {
  @primaryKey @autoInc id: u32 = 0;
  first: string = "";
  last: string = "";
}

@old("sayings")
export class Saying {
  @primaryKey @autoInc id: u32 = 0;
  @index person: u32 = 0;
  text: string = "";
}
