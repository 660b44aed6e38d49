;; Two builds of one module that stamp what they do with their number: build 1. Row, event and result of a call must bear the same one.
;;! {"module":{"name":"stamp","version":"1.0.0","abi":1}}
;;! {"table":{"name":"stamps","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"build","type":"i64"}]}}
;;! {"event":{"name":"stamped","type":"i64"}}
;;! {"reducer":{"name":"stamp","result":"i64"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "stamps")
  (data (i32.const 16) "stamped")
  (data (i32.const 32) "\01\00\00\00\00\00\00\00")
  (global $stamps (mut i32) (i32.const 0))
  (global $build i64 (i64.const 1))
  (func (export "interstice_init") (global.set $stamps (call $table (i32.const 0) (i32.const 6))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:stamp") (param i32 i32) (result i32)
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 72) (i64.const 1))
    (drop (call $insert (global.get $stamps) (i32.const 64) (i32.const 16) (i32.const 64) (i32.const 16)))
    (i64.store (i32.const 96) (global.get $build))
    (call $emit (i32.const 16) (i32.const 7) (i32.const 96) (i32.const 8))
    (call $returns (i32.const 32) (i32.const 8))
    (i32.const 0)))
