;; Runs against every limit. None of these calls may end by itself; a return of 0 means that a limit did not hold.
;;! {"module":{"name":"limits","version":"1.0.0","abi":1}}
;;! {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"blob","type":"bytes"}]}}
;;! {"event":{"name":"noise","type":"bytes"}}
;;! {"reducer":{"name":"loop_for_ever"}}
;;! {"reducer":{"name":"loop_without_body"}}
;;! {"reducer":{"name":"loop_through_calls"}}
;;! {"reducer":{"name":"recurse_for_ever"}}
;;! {"reducer":{"name":"recurse_with_many_locals"}}
;;! {"reducer":{"name":"recurse_through_a_table"}}
;;! {"reducer":{"name":"recurse_in_turn"}}
;;! {"reducer":{"name":"grow_for_ever"}}
;;! {"reducer":{"name":"grow_at_once"}}
;;! {"reducer":{"name":"grow_a_table"}}
;;! {"reducer":{"name":"fill_for_ever"}}
;;! {"reducer":{"name":"insert_for_ever"}}
;;! {"reducer":{"name":"insert_large_rows"}}
;;! {"reducer":{"name":"emit_for_ever"}}
;;! {"reducer":{"name":"log_for_ever"}}
;;! {"reducer":{"name":"scan_for_ever"}}
;;! {"reducer":{"name":"return_for_ever"}}
;;! {"query":{"name":"endless","result":"i32"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (import "interstice" "log" (func $log (param i32 i32 i32)))
  (import "interstice" "scan" (func $scan (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (memory (export "memory") 4)
  (type $step (func (param i32) (result i32)))
  (table $steps 1 funcref)
  (elem (i32.const 0) $through_table)
  (data (i32.const 0) "rowsnoise")
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))

  (func (export "reducer:loop_for_ever") (param i32 i32) (result i32)
    (local $n i64)
    (loop $again
      (local.set $n (i64.add (local.get $n) (i64.const 1)))
      (br $again))
    (unreachable))
  (func (export "reducer:loop_without_body") (param i32 i32) (result i32)
    (loop $again (br $again))
    (unreachable))
  (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "reducer:loop_through_calls") (param i32 i32) (result i32)
    (loop $again (br_if $again (i32.or (call $leaf (i32.const 1)) (i32.const 1))))
    (i32.const 0))
  (func (export "query:endless") (param i32 i32) (result i32)
    (loop $again (br $again))
    (unreachable))

  (func $recurse (param i32) (result i32) (i32.add (call $recurse (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  (func (export "reducer:recurse_for_ever") (param i32 i32) (result i32)
    (drop (call $recurse (i32.const 0)))
    (i32.const 0))
  (func $wide (param i64) (result i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local.set 1 (i64.add (local.get 0) (i64.const 1)))
    (local.set 2 (i64.mul (local.get 1) (local.get 0)))
    (local.set 3 (i64.xor (local.get 2) (local.get 1)))
    (local.set 4 (i64.rotl (local.get 3) (local.get 2)))
    (local.set 5 (call $wide (local.get 4)))
    (i64.add (i64.add (local.get 1) (local.get 2)) (i64.add (local.get 3) (i64.add (local.get 4) (local.get 5)))))
  (func (export "reducer:recurse_with_many_locals") (param i32 i32) (result i32)
    (drop (call $wide (i64.const 1)))
    (i32.const 0))
  (func $through_table (type $step)
    (i32.add (call_indirect $steps (type $step) (local.get 0) (i32.const 0)) (i32.const 1)))
  (func (export "reducer:recurse_through_a_table") (param i32 i32) (result i32)
    (drop (call $through_table (i32.const 0)))
    (i32.const 0))
  (func $ping (param i32) (result i32) (i32.add (call $pong (local.get 0)) (i32.const 1)))
  (func $pong (param i32) (result i32) (i32.sub (call $ping (local.get 0)) (i32.const 1)))
  (func (export "reducer:recurse_in_turn") (param i32 i32) (result i32)
    (drop (call $ping (i32.const 0)))
    (i32.const 0))

  (func (export "reducer:grow_for_ever") (param i32 i32) (result i32)
    (loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    (i32.const 0))
  (func (export "reducer:grow_at_once") (param i32 i32) (result i32)
    (drop (memory.grow (i32.const 65000)))
    (i32.const 0))
  (func (export "reducer:grow_a_table") (param i32 i32) (result i32)
    (loop $again (br_if $again (i32.ne (table.grow $steps (ref.null func) (i32.const 1000000)) (i32.const -1))))
    (i32.const 0))
  (func (export "reducer:fill_for_ever") (param i32 i32) (result i32)
    (loop $again
      (memory.fill (i32.const 4096) (i32.const 1) (i32.const 250000))
      (br $again))
    (unreachable))

  (func (export "reducer:insert_for_ever") (param i32 i32) (result i32)
    (local $rows i32)
    (local.set $rows (call $table (i32.const 0) (i32.const 4)))
    (loop $again
      (i64.store (i32.const 64) (i64.const 0))
      (i32.store (i32.const 72) (i32.const 0))
      (drop (call $insert (local.get $rows) (i32.const 64) (i32.const 12) (i32.const 64) (i32.const 12)))
      (br $again))
    (unreachable))
  (func (export "reducer:insert_large_rows") (param i32 i32) (result i32)
    (local $rows i32)
    (local.set $rows (call $table (i32.const 0) (i32.const 4)))
    (loop $again
      (i64.store (i32.const 2048) (i64.const 0))
      (i32.store (i32.const 2056) (i32.const 200000))
      (drop (call $insert (local.get $rows) (i32.const 2048) (i32.const 200012) (i32.const 2048) (i32.const 200012)))
      (br $again))
    (unreachable))
  (func (export "reducer:emit_for_ever") (param i32 i32) (result i32)
    (i32.store (i32.const 2048) (i32.const 100000))
    (loop $again
      (call $emit (i32.const 4) (i32.const 5) (i32.const 2048) (i32.const 100004))
      (br $again))
    (unreachable))
  (func (export "reducer:log_for_ever") (param i32 i32) (result i32)
    (loop $again
      (call $log (i32.const 2) (i32.const 0) (i32.const 9))
      (br $again))
    (unreachable))
  (func (export "reducer:scan_for_ever") (param i32 i32) (result i32)
    (local $rows i32)
    (local.set $rows (call $table (i32.const 0) (i32.const 4)))
    (loop $again
      (drop (call $scan (local.get $rows) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
      (br $again))
    (unreachable))
  (func (export "reducer:return_for_ever") (param i32 i32) (result i32)
    (loop $again
      (call $returns (i32.const 0) (i32.const 262144))
      (br $again))
    (unreachable)))
