;; The end of a chain of subscriptions: an entry for every bill.
;;! {"module":{"name":"ledger","version":"1.0.0","abi":1}}
;;! {"table":{"name":"entries","columns":[{"name":"seq","type":"u64","primaryKey":true,"autoInc":true},{"name":"bill","type":"u64"},{"name":"what","type":"i64"},{"name":"amount","type":"i64"}]}}
;;! {"reducer":{"name":"on_bill","parameters":[{"name":"bill","type":"u64"},{"name":"what","type":"i64"},{"name":"amount","type":"i64"}],"visibility":"private"}}
;;! {"subscription":{"source":"billing.bills","operation":"insert","handler":"on_bill"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "entries")
  (global $entries (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $entries (call $table (i32.const 0) (i32.const 7))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:on_bill") (param $args i32) (param i32) (result i32)
    (i64.store (i32.const 64) (i64.const 0))
    (memory.copy (i32.const 72) (local.get $args) (i32.const 24))
    (drop (call $insert (global.get $entries) (i32.const 64) (i32.const 32) (i32.const 64) (i32.const 32)))
    (i32.const 0)))
