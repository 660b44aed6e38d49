;; Does what its argument says: a script of host calls over whatever tables are declared beside it, answered with what each call gave.
;; Tests add the declarations of their tables in a schema section of their own.
;; One step: u8 operation, u32 a, u32 b, then name, index, x and y, each a u32 length and bytes.
;; 1 insert x  2 update x  3 delete x  4 get x  5 scan x..y with flags a, all rows  6 count  7 emit event `name`, payload x  8 fail x
;; 9 unreachable  10 open a scan x..y with flags a  11 next of iterator a into b bytes  12 close iterator a
;; 13 call reducer `index` of module `name` with arguments x; if it says no, go on where a is 1, else fail with its text
;; 14 schedule reducer `name` with arguments x, due and interval in y (i64 each); each missed tick fires where a is 1
;; 15 cancel the timer of the number in x (i64)  16 what the call knows: now (i64), caller (32 bytes), name of the calling module  17 firing
;; One answer: i32 result (of count and of a timer's number the low half), u32 length, then row, rows, return value, timer's number (i64)
;; or the text of a result below zero.
;;! {"module":{"name":"script","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run","parameters":[{"name":"script","type":"bytes"}],"result":"bytes"}}
;;! {"reducer":{"name":"hidden","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","visibility":"private"}}
;;! {"query":{"name":"ask","parameters":[{"name":"script","type":"bytes"}],"result":"bytes"}}
;;! {"query":{"name":"whisper","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","visibility":"private"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "index" (func $index (param i32 i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "interstice" "get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "scan" (func $scan (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "next" (func $next (param i32 i32 i32) (result i32)))
  (import "interstice" "close" (func $close (param i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "result" (func $result (param i32 i32) (result i32)))
  (import "interstice" "call" (func $call (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "schedule" (func $schedule (param i32 i32 i32 i32 i64 i64) (result i64)))
  (import "interstice" "schedule_each" (func $schedule_each (param i32 i32 i32 i32 i64 i64) (result i64)))
  (import "interstice" "cancel" (func $cancel (param i64) (result i32)))
  (import "interstice" "now" (func $now (result i64)))
  (import "interstice" "caller" (func $caller (param i32)))
  (import "interstice" "caller_module" (func $caller_module (param i32 i32) (result i32)))
  (import "interstice" "firing" (func $firing (param i32 i32) (result i32)))
  (memory (export "memory") 64)
  ;; Arguments stand in the lower half, answers in the upper.
  (global $answers i32 (i32.const 0x200000))
  (global $room i32 (i32.const 0x100000))
  (global $at (mut i32) (i32.const 0))
  (global $out (mut i32) (i32.const 0))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $word (result i32)
    (i32.load (global.get $at))
    (global.set $at (i32.add (global.get $at) (i32.const 4))))
  ;; The length of a field; passes over its bytes, which end at $at.
  (func $field (result i32)
    (local $length i32)
    (local.set $length (call $word))
    (global.set $at (i32.add (global.get $at) (local.get $length)))
    (local.get $length))
  (func $answer (param $value i32) (param $length i32)
    (i32.store (global.get $out) (local.get $value))
    (i32.store offset=4 (global.get $out) (local.get $length))
    (global.set $out (i32.add (i32.add (global.get $out) (i32.const 8)) (local.get $length))))
  (func $place (result i32) (i32.add (global.get $out) (i32.const 8)))
  ;; Whatever was written behind the answer's head is its content; a result below zero, but for NONE, has a text.
  (func $outcome (param $value i32) (param $length i32)
    (if (i32.lt_s (local.get $value) (i32.const -1))
      (then (call $answer (local.get $value) (call $result (call $place) (global.get $room))))
      (else (call $answer (local.get $value) (local.get $length)))))
  (func $drain (param $iterator i32)
    (local $total i32) (local $written i32)
    (block $end
      (loop $more
        (local.set $written
          (call $next (local.get $iterator) (i32.add (call $place) (local.get $total)) (i32.const 65536)))
        (br_if $end (i32.le_s (local.get $written) (i32.const 0)))
        (local.set $total (i32.add (local.get $total) (local.get $written)))
        (br $more)))
    (call $close (local.get $iterator))
    (call $answer (local.get $written) (local.get $total)))
  ;; Fails with the text of the last result, which a helper can do because unreachable behind fail is a rejection.
  (func $refuse
    (local $length i32)
    (local.set $length (call $result (call $place) (global.get $room)))
    (call $fail (call $place) (local.get $length))
    (unreachable))
  ;; The steps that name no table.
  (func $beyond (param $operation i32) (param $a i32) (param $name i32) (param $nameLength i32) (param $index i32) (param $indexLength i32)
    (param $x i32) (param $xLength i32) (param $y i32)
    (local $value i32) (local $timer i64)
    (if (i32.eq (local.get $operation) (i32.const 13))
      (then
        (local.set $value (call $call
          (local.get $name) (local.get $nameLength) (local.get $index) (local.get $indexLength) (local.get $x) (local.get $xLength)))
        (if (i32.and (i32.lt_s (local.get $value) (i32.const 0)) (i32.eqz (local.get $a))) (then (call $refuse)))
        (call $answer (local.get $value) (call $result (call $place) (global.get $room)))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 14))
      (then
        (if (local.get $a)
          (then (local.set $timer (call $schedule_each (local.get $name) (local.get $nameLength) (local.get $x) (local.get $xLength)
            (i64.load (local.get $y)) (i64.load offset=8 (local.get $y)))))
          (else (local.set $timer (call $schedule (local.get $name) (local.get $nameLength) (local.get $x) (local.get $xLength)
            (i64.load (local.get $y)) (i64.load offset=8 (local.get $y))))))
        (i64.store (call $place) (local.get $timer))
        (call $answer (i32.wrap_i64 (local.get $timer)) (i32.const 8))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 15))
      (then
        (call $answer (call $cancel (i64.load (local.get $x))) (i32.const 0))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 16))
      (then
        (i64.store (call $place) (call $now))
        (call $caller (i32.add (call $place) (i32.const 8)))
        (local.set $value (call $caller_module (i32.add (call $place) (i32.const 40)) (i32.const 64)))
        (call $answer (i32.const 0) (i32.add (i32.const 40) (local.get $value)))
        (return)))
    (if (i32.eq (local.get $operation) (i32.const 17))
      (then
        (local.set $value (call $firing (call $place) (i32.const 28)))
        (call $answer (local.get $value) (select (i32.const 0) (local.get $value) (i32.lt_s (local.get $value) (i32.const 0))))
        (return)))
    (unreachable))
  (func $step
    (local $operation i32) (local $a i32) (local $b i32) (local $target i32) (local $value i32)
    (local $name i32) (local $nameLength i32) (local $indexLength i32) (local $x i32) (local $xLength i32) (local $y i32) (local $yLength i32)
    (local.set $operation (i32.load8_u (global.get $at)))
    (global.set $at (i32.add (global.get $at) (i32.const 1)))
    (local.set $a (call $word))
    (local.set $b (call $word))
    (local.set $name (i32.add (global.get $at) (i32.const 4)))
    (local.set $nameLength (call $field))
    (local.set $value (i32.add (global.get $at) (i32.const 4)))
    (local.set $indexLength (call $field))
    (local.set $x (i32.add (global.get $at) (i32.const 4)))
    (local.set $xLength (call $field))
    (local.set $y (i32.add (global.get $at) (i32.const 4)))
    (local.set $yLength (call $field))
    (block $steps
      (block $close (block $next (block $open (block $trap (block $fail (block $emit
      (block $count (block $scan (block $get (block $delete (block $update (block $insert
        (if (i32.eq (local.get $operation) (i32.const 7)) (then (br $emit)))
        (if (i32.eq (local.get $operation) (i32.const 8)) (then (br $fail)))
        (if (i32.eq (local.get $operation) (i32.const 9)) (then (br $trap)))
        (if (i32.eq (local.get $operation) (i32.const 11)) (then (br $next)))
        (if (i32.eq (local.get $operation) (i32.const 12)) (then (br $close)))
        (if (i32.gt_u (local.get $operation) (i32.const 12))
          (then
            (call $beyond (local.get $operation) (local.get $a) (local.get $name) (local.get $nameLength) (local.get $value)
              (local.get $indexLength) (local.get $x) (local.get $xLength) (local.get $y))
            (br $steps)))
        (local.set $target (call $table (local.get $name) (local.get $nameLength)))
        (if (local.get $indexLength)
          (then (local.set $target (call $index (local.get $target) (local.get $value) (local.get $indexLength)))))
        (br_table $trap $insert $update $delete $get $scan $count $emit $fail $trap $open $trap (local.get $operation)))
        (local.set $value (call $insert (local.get $target) (local.get $x) (local.get $xLength) (call $place) (global.get $room)))
        (call $outcome (local.get $value) (local.get $value))
        (br $steps))
        (call $outcome (call $update (local.get $target) (local.get $x) (local.get $xLength)) (i32.const 0))
        (br $steps))
        (call $outcome (call $delete (local.get $target) (local.get $x) (local.get $xLength)) (i32.const 0))
        (br $steps))
        (local.set $value (call $get (local.get $target) (local.get $x) (local.get $xLength) (call $place) (global.get $room)))
        (call $outcome (local.get $value) (select (i32.const 0) (local.get $value) (i32.lt_s (local.get $value) (i32.const 0))))
        (br $steps))
        (call $drain (call $scan
          (local.get $target) (local.get $x) (local.get $xLength) (local.get $y) (local.get $yLength) (local.get $a)))
        (br $steps))
        (call $answer (i32.wrap_i64 (call $count (local.get $target))) (i32.const 0))
        (br $steps))
        (call $emit (local.get $name) (local.get $nameLength) (local.get $x) (local.get $xLength))
        (call $answer (i32.const 0) (i32.const 0))
        (br $steps))
        (call $fail (local.get $x) (local.get $xLength))
        (unreachable))
        (unreachable))
        (call $answer
          (call $scan (local.get $target) (local.get $x) (local.get $xLength) (local.get $y) (local.get $yLength) (local.get $a))
          (i32.const 0))
        (br $steps))
        (local.set $value (call $next (local.get $a) (call $place) (local.get $b)))
        (call $outcome (local.get $value) (local.get $value))
        (br $steps))
        (call $close (local.get $a))
        (call $answer (i32.const 0) (i32.const 0))))
  (func $run (param $args i32) (param $length i32) (result i32)
    (local $end i32)
    (global.set $at (i32.add (local.get $args) (i32.const 4)))
    (global.set $out (i32.add (global.get $answers) (i32.const 4)))
    (local.set $end (i32.add (local.get $args) (local.get $length)))
    (block $done
      (loop $steps
        (br_if $done (i32.ge_u (global.get $at) (local.get $end)))
        (call $step)
        (br $steps)))
    (i32.store (global.get $answers) (i32.sub (i32.sub (global.get $out) (global.get $answers)) (i32.const 4)))
    (call $returns (global.get $answers) (i32.sub (global.get $out) (global.get $answers)))
    (i32.const 0))
  (func (export "reducer:run") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))
  (func (export "reducer:hidden") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))
  (func (export "query:ask") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))
  ;; For tests that declare them, it with calls of other modules.
  (func (export "reducer:relay") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))
  ;; For tests that declare them: the arguments are the result, whatever their type.
  (func $echo (param $args i32) (param $length i32) (result i32)
    (call $returns (local.get $args) (local.get $length))
    (i32.const 0))
  (func (export "reducer:echo") (param i32 i32) (result i32) (call $echo (local.get 0) (local.get 1)))
  (func (export "query:echoed") (param i32 i32) (result i32) (call $echo (local.get 0) (local.get 1)))
  (func (export "query:whisper") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1))))
