// A small order book in AssemblyScript: classes, arrays, maps keyed by strings, string building. Almost everything is
// allocated and soon garbage, so much of the time goes to the allocator and the collector (the incremental runtime).

class Order {
  constructor(public id: u32, public symbol: string, public price: i32, public amount: i32) {}
}

class Book {
  orders: Array<Order> = new Array<Order>();
  volume: i64 = 0;

  constructor(public symbol: string) {}

  add(order: Order): void {
    this.orders.push(order);
    this.volume += order.price * order.amount;
  }

  // Drops the older half when there are many.
  trim(): void {
    if (this.orders.length > 64) this.orders = this.orders.slice(32);
  }
}

let state: u64 = 0;
let checksum: u64 = 0;

function random(below: u32): u32 {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return <u32>((state * 0x2545f4914f6cdd1d) >> 33) % below;
}

function mix(value: u64): void {
  checksum = (checksum ^ value) * 0x100000001b3;
}

function mixText(text: string): void {
  for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i));
}

function bookOf(books: Map<string, Book>, symbol: string): Book {
  if (books.has(symbol)) return books.get(symbol);
  const book = new Book(symbol);
  books.set(symbol, book);
  return book;
}

/** Places n orders and returns a checksum over what they left. */
export function run(n: u32): u64 {
  state = 9;
  checksum = 0;
  const books = new Map<string, Book>();
  for (let i: u32 = 0; i < n; i++) {
    const symbol = "SYM" + random(200).toString();
    const book = bookOf(books, symbol);
    book.add(new Order(i, symbol, 100 + random(900), 1 + random(50)));
    book.trim();
    if (i % 100 == 0) mixText(describe(book));
  }

  const symbols = books.keys().sort();
  for (let i = 0; i < symbols.length; i++) {
    const book = books.get(symbols[i]);
    mixText(symbols[i]);
    mix(book.volume);
    mix(book.orders.length);
  }

  return checksum;
}

function describe(book: Book): string {
  const parts = book.orders.slice(-5).map<string>(order => order.id.toString() + "@" + order.price.toString());
  return book.symbol + ": " + parts.join(", ");
}

// Instead of the import env.abort.
function onAbort(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  unreachable();
}
