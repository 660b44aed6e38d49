;; The same with a note in a column of its own, which changes also where the amount stays; 13 becomes 14.
;;! {"module":{"name":"tally","version":"2.0.0","abi":1}}
;;! {"table":{"name":"entries","columns":[{"name":"id","type":"u32","primaryKey":true,"autoInc":true},{"name":"amount","type":"u32"},{"name":"note","type":"u32","default":7}]}}
;;! {"reducer":{"name":"add","parameters":[{"name":"amount","type":"u32"}],"result":"u32"}}
;;! {"reducer":{"name":"change","parameters":[{"name":"id","type":"u32"},{"name":"amount","type":"u32"}]}}
;;! {"reducer":{"name":"remove","parameters":[{"name":"id","type":"u32"}]}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "entries")
  (global $entries (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $entries (call $table (i32.const 0) (i32.const 7))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  ;; A row at 64: its id, and its amount at 68.
  (func $put (param $id i32) (param $amount i32)
    (if (i32.eq (local.get $amount) (i32.const 13)) (then (local.set $amount (i32.const 14))))
    (i32.store (i32.const 64) (local.get $id))
    (i32.store (i32.const 68) (local.get $amount))
    (i32.store (i32.const 72) (i32.add (local.get $amount) (i32.const 100))))
  (func (export "reducer:add") (param $args i32) (param $length i32) (result i32)
    (call $put (i32.const 0) (i32.load (local.get $args)))
    (drop (call $insert (global.get $entries) (i32.const 64) (i32.const 12) (i32.const 64) (i32.const 12)))
    (call $returns (local.get $args) (i32.const 4))
    (i32.const 0))
  (func (export "reducer:change") (param $args i32) (param $length i32) (result i32)
    (call $put (i32.load (local.get $args)) (i32.load offset=4 (local.get $args)))
    (i32.shr_u (call $update (global.get $entries) (i32.const 64) (i32.const 12)) (i32.const 31)))
  (func (export "reducer:remove") (param $args i32) (param $length i32) (result i32)
    (i32.store8 (i32.const 63) (i32.const 1))
    (i32.store (i32.const 64) (i32.load (local.get $args)))
    (drop (call $delete (global.get $entries) (i32.const 63) (i32.const 5)))
    (i32.const 0)))
