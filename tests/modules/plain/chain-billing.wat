;; The middle of a chain of subscriptions: hears everything that happens to orders. Amounts say how a delivery ends: negative ones are
;; rejected, 13 traps.
;;! {"module":{"name":"billing","version":"1.0.0","abi":1}}
;;! {"table":{"name":"bills","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"what","type":"i64"},{"name":"amount","type":"i64"}]}}
;;! {"reducer":{"name":"on_order","parameters":[{"name":"order","type":"u64"},{"name":"amount","type":"i64"}],"visibility":"private"}}
;;! {"reducer":{"name":"on_change","parameters":[{"name":"order","type":"u64"},{"name":"before","type":"i64"},{"name":"same","type":"u64"},{"name":"after","type":"i64"}],"visibility":"private"}}
;;! {"reducer":{"name":"on_cancel","parameters":[{"name":"order","type":"Order"}],"visibility":"private"}}
;;! {"reducer":{"name":"on_shout","parameters":[{"name":"amount","type":"i64"}],"visibility":"private"}}
;;! {"type":{"name":"Order","struct":[{"name":"id","type":"u64"},{"name":"amount","type":"i64"}]}}
;;! {"subscription":{"source":"orders.orders","operation":"insert","handler":"on_order"}}
;;! {"subscription":{"source":"orders.orders","operation":"update","handler":"on_change"}}
;;! {"subscription":{"source":"orders.orders","operation":"delete","handler":"on_cancel"}}
;;! {"subscription":{"source":"orders.shouted","operation":"event","handler":"on_shout"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "bills")
  (data (i32.const 16) "a negative amount")
  (global $bills (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $bills (call $table (i32.const 0) (i32.const 5))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $add (param $what i64) (param $amount i64) (result i32)
    (if (i64.lt_s (local.get $amount) (i64.const 0))
      (then (call $fail (i32.const 16) (i32.const 17)) (return (i32.const 1))))
    (if (i64.eq (local.get $amount) (i64.const 13)) (then unreachable))
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 72) (local.get $what))
    (i64.store (i32.const 80) (local.get $amount))
    (drop (call $insert (global.get $bills) (i32.const 64) (i32.const 24) (i32.const 64) (i32.const 24)))
    (i32.const 0))
  (func (export "reducer:on_order") (param $args i32) (param i32) (result i32)
    (call $add (i64.const 1) (i64.load offset=8 (local.get $args))))
  (func (export "reducer:on_change") (param $args i32) (param i32) (result i32)
    (call $add (i64.const 2) (i64.sub (i64.load offset=24 (local.get $args)) (i64.load offset=8 (local.get $args)))))
  (func (export "reducer:on_cancel") (param $args i32) (param i32) (result i32)
    (call $add (i64.const 3) (i64.load offset=8 (local.get $args))))
  (func (export "reducer:on_shout") (param $args i32) (param i32) (result i32)
    (call $add (i64.const 4) (i64.load (local.get $args)))))
