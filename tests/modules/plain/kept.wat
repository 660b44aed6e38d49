;; What a call leaves behind in its instance, as rows: each reducer inserts the same row every time it is called, because it begins from
;; the initial image. Without the reset all but `honest` and `grows` insert another one.
;;! {"module":{"name":"kept","version":"1.0.0","abi":1}}
;;! {"table":{"name":"notes","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"value","type":"i64"}]}}
;;! {"event":{"name":"noted","type":"i64"}}
;;! {"reducer":{"name":"honest","parameters":[{"name":"value","type":"i64"}],"result":"i64"}}
;;! {"reducer":{"name":"global","result":"i64"}}
;;! {"reducer":{"name":"memory","result":"i64"}}
;;! {"reducer":{"name":"only_result","result":"i64"}}
;;! {"reducer":{"name":"only_event","result":"i64"}}
;;! {"reducer":{"name":"extra_row","result":"i64"}}
;;! {"reducer":{"name":"rejects","result":"i64"}}
;;! {"reducer":{"name":"grows","result":"i64"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "notes")
  (data (i32.const 16) "noted")
  (global $notes (mut i32) (i32.const 0))
  (global $counter (mut i64) (i64.const 0))
  (func (export "interstice_init") (global.set $notes (call $table (i32.const 0) (i32.const 5))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $note (param $value i64)
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 72) (local.get $value))
    (drop (call $insert (global.get $notes) (i32.const 64) (i32.const 16) (i32.const 64) (i32.const 16))))
  (func $answer (param $value i64) (result i32)
    (i64.store (i32.const 96) (local.get $value))
    (call $returns (i32.const 96) (i32.const 8))
    (i32.const 0))
  (func $count (result i64)
    (global.set $counter (i64.add (global.get $counter) (i64.const 1)))
    (global.get $counter))
  (func (export "reducer:honest") (param $args i32) (param i32) (result i32)
    (call $note (i64.load (local.get $args)))
    (call $answer (i64.load (local.get $args))))
  (func (export "reducer:global") (param i32 i32) (result i32)
    (call $note (call $count))
    (call $answer (i64.const 0)))
  (func (export "reducer:memory") (param i32 i32) (result i32)
    (i64.store (i32.const 512) (i64.add (i64.load (i32.const 512)) (i64.const 1)))
    (call $note (i64.load (i32.const 512)))
    (call $answer (i64.const 0)))
  (func (export "reducer:only_result") (param i32 i32) (result i32)
    (call $note (i64.const 0))
    (call $answer (call $count)))
  (func (export "reducer:only_event") (param i32 i32) (result i32)
    (i64.store (i32.const 128) (call $count))
    (call $emit (i32.const 16) (i32.const 5) (i32.const 128) (i32.const 8))
    (call $answer (i64.const 0)))
  (func (export "reducer:extra_row") (param i32 i32) (result i32)
    (call $note (i64.const 5))
    (if (i64.gt_s (call $count) (i64.const 1)) (then (call $note (i64.const 6))))
    (call $answer (i64.const 0)))
  (func (export "reducer:rejects") (param i32 i32) (result i32)
    (call $note (i64.const 5))
    (drop (call $answer (i64.const 0)))
    (i64.gt_s (call $count) (i64.const 1)))
  (func (export "reducer:grows") (param i32 i32) (result i32)
    (drop (memory.grow (i32.const 32)))
    (call $note (i64.const 7))
    (call $answer (i64.const 7))))
