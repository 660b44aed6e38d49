;; Durable timers: makes them, takes them out, and notes what fires.
;;! {"module":{"name":"timers","version":"1.0.0","abi":1}}
;;! {"table":{"name":"fired","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"payload","type":"u64"},{"name":"timer","type":"u64"},{"name":"due","type":"timestamp"},{"name":"ticks","type":"u64"},{"name":"attempt","type":"u32"},{"name":"at","type":"timestamp"},{"name":"caller","type":"identity"}]}}
;;! {"reducer":{"name":"at","parameters":[{"name":"payload","type":"u64"},{"name":"due","type":"timestamp"},{"name":"interval","type":"duration"},{"name":"target","type":"u8"},{"name":"each","type":"bool"}],"result":"i64"}}
;;! {"reducer":{"name":"at_and_fail","parameters":[{"name":"payload","type":"u64"},{"name":"due","type":"timestamp"}]}}
;;! {"reducer":{"name":"stop","parameters":[{"name":"timer","type":"u64"}],"result":"i32"}}
;;! {"reducer":{"name":"firing_outside","result":"i32"}}
;;! {"reducer":{"name":"schedule_unknown"}}
;;! {"reducer":{"name":"schedule_with_short_arguments"}}
;;! {"reducer":{"name":"schedule_too_often"}}
;;! {"reducer":{"name":"schedule_backwards"}}
;;! {"reducer":{"name":"name_a_table_of_the_host"}}
;;! {"reducer":{"name":"fire","parameters":[{"name":"payload","type":"u64"}],"visibility":"private"}}
;;! {"reducer":{"name":"not_yet","parameters":[{"name":"payload","type":"u64"}],"visibility":"private"}}
;;! {"reducer":{"name":"crash","parameters":[{"name":"payload","type":"u64"}],"visibility":"private"}}
;;! {"reducer":{"name":"ends_itself","parameters":[{"name":"payload","type":"u64"}],"visibility":"private"}}
;;! {"query":{"name":"count","result":"i64"}}
;;! {"query":{"name":"schedules","result":"i64"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "now" (func $now (result i64)))
  (import "interstice" "caller" (func $caller (param i32)))
  (import "interstice" "schedule" (func $schedule (param i32 i32 i32 i32 i64 i64) (result i64)))
  (import "interstice" "schedule_each" (func $schedule_each (param i32 i32 i32 i32 i64 i64) (result i64)))
  (import "interstice" "cancel" (func $cancel (param i64) (result i32)))
  (import "interstice" "firing" (func $firing (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fired")
  ;; Names of the targets, 16 bytes each, and how long they are.
  (data (i32.const 16) "fire\00\00\00\00\00\00\00\00\00\00\00\00not_yet\00\00\00\00\00\00\00\00\00crash\00\00\00\00\00\00\00\00\00\00\00ends_itself")
  (data (i32.const 96) "\04\07\05\0b")
  (data (i32.const 112) "not yet")
  (data (i32.const 128) "_timers")
  (global $fired (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $fired (call $table (i32.const 0) (i32.const 5))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $return_i64 (param $value i64) (result i32)
    (i64.store (i32.const 256) (local.get $value))
    (call $returns (i32.const 256) (i32.const 8))
    (i32.const 0))
  (func $return_i32 (param $value i32) (result i32)
    (i32.store (i32.const 256) (local.get $value))
    (call $returns (i32.const 256) (i32.const 4))
    (i32.const 0))
  (func (export "reducer:at") (param $args i32) (param $length i32) (result i32)
    (local $target i32)
    (local.set $target (i32.load8_u offset=24 (local.get $args)))
    (if (result i32) (i32.load8_u offset=25 (local.get $args))
      (then (call $return_i64 (call $schedule_each
        (i32.add (i32.const 16) (i32.shl (local.get $target) (i32.const 4)))
        (i32.load8_u offset=96 (local.get $target))
        (local.get $args) (i32.const 8)
        (i64.load offset=8 (local.get $args)) (i64.load offset=16 (local.get $args)))))
      (else (call $return_i64 (call $schedule
        (i32.add (i32.const 16) (i32.shl (local.get $target) (i32.const 4)))
        (i32.load8_u offset=96 (local.get $target))
        (local.get $args) (i32.const 8)
        (i64.load offset=8 (local.get $args)) (i64.load offset=16 (local.get $args)))))))
  (func (export "reducer:at_and_fail") (param $args i32) (param $length i32) (result i32)
    (drop (call $schedule (i32.const 16) (i32.const 4) (local.get $args) (i32.const 8) (i64.load offset=8 (local.get $args)) (i64.const 0)))
    (call $fail (i32.const 112) (i32.const 7))
    (i32.const 1))
  (func (export "reducer:stop") (param $args i32) (param $length i32) (result i32)
    (call $return_i32 (call $cancel (i64.load (local.get $args)))))
  (func (export "reducer:firing_outside") (param i32 i32) (result i32)
    (call $return_i32 (call $firing (i32.const 300) (i32.const 28))))
  (func (export "reducer:schedule_unknown") (param i32 i32) (result i32)
    (drop (call $schedule (i32.const 0) (i32.const 5) (i32.const 256) (i32.const 8) (i64.const 0) (i64.const 0)))
    (i32.const 0))
  (func (export "reducer:schedule_with_short_arguments") (param i32 i32) (result i32)
    (drop (call $schedule (i32.const 16) (i32.const 4) (i32.const 256) (i32.const 7) (i64.const 0) (i64.const 0)))
    (i32.const 0))
  (func (export "reducer:schedule_too_often") (param i32 i32) (result i32)
    (drop (call $schedule (i32.const 16) (i32.const 4) (i32.const 256) (i32.const 8) (i64.const 0) (i64.const 999)))
    (i32.const 0))
  (func (export "reducer:schedule_backwards") (param i32 i32) (result i32)
    (drop (call $schedule (i32.const 16) (i32.const 4) (i32.const 256) (i32.const 8) (i64.const 0) (i64.const -1000000)))
    (i32.const 0))
  (func (export "reducer:name_a_table_of_the_host") (param i32 i32) (result i32)
    (drop (call $table (i32.const 128) (i32.const 7)))
    (i32.const 0))
  ;; Notes the firing; the attempt is the result.
  (func $note (param $args i32) (result i32)
    (drop (call $firing (i32.const 300) (i32.const 28)))
    (i64.store (i32.const 512) (i64.const 0))
    (i64.store (i32.const 520) (i64.load (local.get $args)))
    (i64.store (i32.const 528) (i64.load (i32.const 300)))
    (i64.store (i32.const 536) (i64.load (i32.const 308)))
    (i64.store (i32.const 544) (i64.load (i32.const 316)))
    (i32.store (i32.const 552) (i32.load (i32.const 324)))
    (i64.store (i32.const 556) (call $now))
    (call $caller (i32.const 564))
    (drop (call $insert (global.get $fired) (i32.const 512) (i32.const 84) (i32.const 512) (i32.const 84)))
    (i32.load (i32.const 324)))
  (func (export "reducer:fire") (param $args i32) (param $length i32) (result i32)
    (drop (call $note (local.get $args)))
    (i32.const 0))
  ;; Fails before the attempt that the payload says.
  (func (export "reducer:not_yet") (param $args i32) (param $length i32) (result i32)
    (if (i64.lt_u (i64.extend_i32_u (call $note (local.get $args))) (i64.load (local.get $args)))
      (then (call $fail (i32.const 112) (i32.const 7)) (return (i32.const 1))))
    (i32.const 0))
  (func (export "reducer:crash") (param $args i32) (param $length i32) (result i32)
    (drop (call $note (local.get $args)))
    (unreachable))
  ;; Takes out the timer that fires, and makes one that fires once.
  (func (export "reducer:ends_itself") (param $args i32) (param $length i32) (result i32)
    (drop (call $note (local.get $args)))
    (drop (call $cancel (i64.load (i32.const 300))))
    (drop (call $schedule (i32.const 16) (i32.const 4) (local.get $args) (i32.const 8) (call $now) (i64.const 0)))
    (i32.const 0))
  (func (export "query:count") (param i32 i32) (result i32)
    (call $return_i64 (call $count (global.get $fired))))
  (func (export "query:schedules") (param i32 i32) (result i32)
    (call $return_i64 (call $schedule (i32.const 16) (i32.const 4) (i32.const 256) (i32.const 8) (i64.const 0) (i64.const 0)))))
