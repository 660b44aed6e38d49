;; Its init reads an ephemeral table and writes a logged one: it cannot be published.
;;! {"module":{"name":"init_reads_ephemeral","version":"1.0.0","abi":1}}
;;! {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true}]}}
;;! {"table":{"name":"seen","kind":"ephemeral","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true}]}}
;;! {"reducer":{"name":"begin","lifecycle":"init"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "rows")
  (data (i32.const 8) "seen")
  (global $rows (mut i32) (i32.const 0))
  (global $seen (mut i32) (i32.const 0))
  (func (export "interstice_init")
    (global.set $rows (call $table (i32.const 0) (i32.const 4)))
    (global.set $seen (call $table (i32.const 8) (i32.const 4))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:begin") (param i32 i32) (result i32)
    (i64.store (i32.const 64) (i64.const 0))
    (drop (call $count (global.get $seen)))
    (drop (call $insert (global.get $rows) (i32.const 64) (i32.const 8) (i32.const 64) (i32.const 8)))
    (i32.const 0)))
