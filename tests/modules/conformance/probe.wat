;; Does what a script says: every function of the ABI is a step of it. The scenarios of tests/conformance put their own declarations in
;; place of these, so that a module of theirs is a schema and this code.
;; One step: u8 operation, i64 a, i64 b, then name, index, x and y, each a u32 length and bytes.
;;  1 insert x   2 update x   3 delete x   4 get x   5 scan x..y with flags a, next until the end, close   6 count   7 emit `name`, payload x
;;  8 fail x, and ends   9 unreachable   10 open a scan x..y with flags a   11 next of iterator a into b bytes   12 close iterator a
;; 13 now   14 random   15 caller   16 caller_module   17 log x at level a   18 schedule `name`(x) due a, interval b   19 schedule_each
;; 20 cancel a   21 firing   22 call module `name`, reducer `index`, with x; then its result   23 needed   24 x[0] / x[1] as f64
;; 25 the same as f32   26 result   27 grow memory by a pages   28 runs for ever   29 calls itself for ever
;; Steps 1, 4, 16, 21 and 26 offer b - 1 bytes for the answer, or all there is for b = 0.
;; One answer: i64 value, u32 length, content: a row, rows with their lengths, a value, or the text of a result below -2.
;; Reducers without a script note that they ran, in the table of their own name: id (u64, generated), caller, at (timestamp),
;; firing (option of 28 bytes), then their arguments. `stubborn` says no while table `obstacles` has rows.
;;! {"module":{"name":"probe","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run","parameters":[{"name":"script","type":"bytes"}],"result":"bytes"}}
;;! {"query":{"name":"ask","parameters":[{"name":"script","type":"bytes"}],"result":"bytes"}}
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
  (import "interstice" "log" (func $log (param i32 i32 i32)))
  (import "interstice" "now" (func $now (result i64)))
  (import "interstice" "random" (func $random (result i64)))
  (import "interstice" "caller" (func $caller (param i32)))
  (import "interstice" "caller_module" (func $caller_module (param i32 i32) (result i32)))
  (import "interstice" "schedule" (func $schedule (param i32 i32 i32 i32 i64 i64) (result i64)))
  (import "interstice" "schedule_each" (func $schedule_each (param i32 i32 i32 i32 i64 i64) (result i64)))
  (import "interstice" "cancel" (func $cancel (param i64) (result i32)))
  (import "interstice" "firing" (func $firing (param i32 i32) (result i32)))
  (import "interstice" "call" (func $call (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "result" (func $result (param i32 i32) (result i32)))
  (import "interstice" "needed" (func $needed (result i32)))
  (memory (export "memory") 64)
  (type $operation (func))
  (table funcref (elem
    $do_trap $do_insert $do_update $do_delete $do_get $do_scan $do_count $do_emit $do_fail $do_trap $do_open $do_next $do_close
    $do_now $do_random $do_caller $do_caller_module $do_log $do_schedule $do_schedule_each $do_cancel $do_firing $do_call $do_needed
    $do_divide $do_divide_f32 $do_result $do_grow $do_spin $do_recurse))
  (data (i32.const 0) "begin")
  (data (i32.const 16) "renew")
  (data (i32.const 32) "come")
  (data (i32.const 48) "go")
  (data (i32.const 64) "tick")
  (data (i32.const 80) "heard")
  (data (i32.const 96) "changed")
  (data (i32.const 112) "gone")
  (data (i32.const 128) "told")
  (data (i32.const 144) "stubborn")
  (data (i32.const 160) "obstacles")
  (data (i32.const 176) "not yet")
  ;; Arguments stand in the lower half of memory, a note behind them, answers in the upper half.
  (global $note i32 (i32.const 0x100000))
  (global $answers i32 (i32.const 0x200000))
  (global $room i32 (i32.const 0x100000))
  (global $at (mut i32) (i32.const 0))
  (global $out (mut i32) (i32.const 0))
  ;; The running step.
  (global $a (mut i64) (i64.const 0))
  (global $b (mut i64) (i64.const 0))
  (global $name (mut i32) (i32.const 0))
  (global $nameLength (mut i32) (i32.const 0))
  (global $part (mut i32) (i32.const 0))
  (global $partLength (mut i32) (i32.const 0))
  (global $x (mut i32) (i32.const 0))
  (global $xLength (mut i32) (i32.const 0))
  (global $y (mut i32) (i32.const 0))
  (global $yLength (mut i32) (i32.const 0))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))

  (func $place (result i32) (i32.add (global.get $out) (i32.const 12)))
  (func $capacity (result i32)
    (select (global.get $room) (i32.sub (i32.wrap_i64 (global.get $b)) (i32.const 1)) (i64.eqz (global.get $b))))
  (func $answer (param $value i64) (param $length i32)
    (i64.store (global.get $out) (local.get $value))
    (i32.store offset=8 (global.get $out) (local.get $length))
    (global.set $out (i32.add (call $place) (local.get $length))))
  ;; What was written behind the answer's head is its content where the value is 0 or more; NONE and BUFFER_TOO_SMALL have none.
  (func $outcome (param $value i64) (param $length i32)
    (if (i64.lt_s (local.get $value) (i64.const -2))
      (then (call $answer (local.get $value) (call $result (call $place) (global.get $room))))
      (else (call $answer (local.get $value) (select (i32.const 0) (local.get $length) (i64.lt_s (local.get $value) (i64.const 0)))))))
  (func $written (param $value i32) (call $outcome (i64.extend_i32_s (local.get $value)) (local.get $value)))
  (func $plain (param $value i64) (call $outcome (local.get $value) (i32.const 0)))
  (func $target (result i32)
    (local $handle i32)
    (local.set $handle (call $table (global.get $name) (global.get $nameLength)))
    (if (result i32) (global.get $partLength)
      (then (call $index (local.get $handle) (global.get $part) (global.get $partLength)))
      (else (local.get $handle))))

  (func $do_trap unreachable)
  (func $do_insert
    (call $written (call $insert (call $target) (global.get $x) (global.get $xLength) (call $place) (call $capacity))))
  (func $do_update (call $plain (i64.extend_i32_s (call $update (call $target) (global.get $x) (global.get $xLength)))))
  (func $do_delete (call $plain (i64.extend_i32_s (call $delete (call $target) (global.get $x) (global.get $xLength)))))
  (func $do_get
    (call $written (call $get (call $target) (global.get $x) (global.get $xLength) (call $place) (call $capacity))))
  (func $open (result i32)
    (call $scan (call $target) (global.get $x) (global.get $xLength) (global.get $y) (global.get $yLength) (i32.wrap_i64 (global.get $a))))
  (func $do_scan
    (local $iterator i32) (local $total i32) (local $written i32)
    (local.set $iterator (call $open))
    (block $end
      (loop $more
        (local.set $written
          (call $next (local.get $iterator) (i32.add (call $place) (local.get $total)) (i32.const 65536)))
        (br_if $end (i32.le_s (local.get $written) (i32.const 0)))
        (local.set $total (i32.add (local.get $total) (local.get $written)))
        (br $more)))
    (call $close (local.get $iterator))
    (call $answer (i64.extend_i32_s (local.get $written)) (local.get $total)))
  (func $do_count (call $plain (call $count (call $target))))
  (func $do_emit
    (call $emit (global.get $name) (global.get $nameLength) (global.get $x) (global.get $xLength))
    (call $plain (i64.const 0)))
  (func $do_fail
    (call $fail (global.get $x) (global.get $xLength))
    unreachable)
  (func $do_open (call $plain (i64.extend_i32_s (call $open))))
  (func $do_next (call $written (call $next (i32.wrap_i64 (global.get $a)) (call $place) (i32.wrap_i64 (global.get $b)))))
  (func $do_close
    (call $close (i32.wrap_i64 (global.get $a)))
    (call $plain (i64.const 0)))
  (func $do_now (call $plain (call $now)))
  (func $do_random
    (i64.store (call $place) (call $random))
    (call $answer (i64.const 0) (i32.const 8)))
  (func $do_caller
    (call $caller (call $place))
    (call $answer (i64.const 0) (i32.const 32)))
  (func $do_caller_module (call $written (call $caller_module (call $place) (call $capacity))))
  (func $do_log
    (call $log (i32.wrap_i64 (global.get $a)) (global.get $x) (global.get $xLength))
    (call $plain (i64.const 0)))
  (func $do_schedule
    (call $plain (call $schedule
      (global.get $name) (global.get $nameLength) (global.get $x) (global.get $xLength) (global.get $a) (global.get $b))))
  (func $do_schedule_each
    (call $plain (call $schedule_each
      (global.get $name) (global.get $nameLength) (global.get $x) (global.get $xLength) (global.get $a) (global.get $b))))
  (func $do_cancel (call $plain (i64.extend_i32_s (call $cancel (global.get $a)))))
  (func $do_firing (call $written (call $firing (call $place) (call $capacity))))
  ;; The result of the callee, or the text with which it said no.
  (func $do_call
    (local $value i32)
    (local.set $value (call $call
      (global.get $name) (global.get $nameLength) (global.get $part) (global.get $partLength) (global.get $x) (global.get $xLength)))
    (call $answer (i64.extend_i32_s (local.get $value)) (call $result (call $place) (global.get $room))))
  (func $do_needed (call $plain (i64.extend_i32_s (call $needed))))
  (func $do_divide
    (f64.store (call $place) (f64.div (f64.load (global.get $x)) (f64.load offset=8 (global.get $x))))
    (call $answer (i64.const 0) (i32.const 8)))
  (func $do_divide_f32
    (f32.store (call $place) (f32.div (f32.load (global.get $x)) (f32.load offset=4 (global.get $x))))
    (call $answer (i64.const 0) (i32.const 4)))
  (func $do_result (call $written (call $result (call $place) (call $capacity))))
  (func $do_grow (call $plain (i64.extend_i32_s (memory.grow (i32.wrap_i64 (global.get $a))))))
  (func $do_spin (loop $ever (br $ever)))
  (func $do_recurse (drop (call $deeper (i32.const 0))))
  (func $deeper (param $n i32) (result i32) (i32.add (call $deeper (i32.add (local.get $n) (i32.const 1))) (i32.const 1)))

  (func $word (result i32)
    (i32.load (global.get $at))
    (global.set $at (i32.add (global.get $at) (i32.const 4))))
  (func $long (result i64)
    (i64.load (global.get $at))
    (global.set $at (i32.add (global.get $at) (i32.const 8))))
  ;; The length of a field; passes over its bytes, which end at $at.
  (func $field (result i32)
    (local $length i32)
    (local.set $length (call $word))
    (global.set $at (i32.add (global.get $at) (local.get $length)))
    (local.get $length))
  (func $start (param $length i32) (result i32) (i32.sub (global.get $at) (local.get $length)))
  (func $step
    (local $operation i32)
    (local.set $operation (i32.load8_u (global.get $at)))
    (global.set $at (i32.add (global.get $at) (i32.const 1)))
    (global.set $a (call $long))
    (global.set $b (call $long))
    (global.set $nameLength (call $field))
    (global.set $name (call $start (global.get $nameLength)))
    (global.set $partLength (call $field))
    (global.set $part (call $start (global.get $partLength)))
    (global.set $xLength (call $field))
    (global.set $x (call $start (global.get $xLength)))
    (global.set $yLength (call $field))
    (global.set $y (call $start (global.get $yLength)))
    (call_indirect (type $operation) (local.get $operation)))
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
  (func (export "query:whisper") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))

  ;; The arguments are the result, whatever their type.
  (func $echo (param $args i32) (param $length i32) (result i32)
    (call $returns (local.get $args) (local.get $length))
    (i32.const 0))
  (func (export "reducer:echo") (param i32 i32) (result i32) (call $echo (local.get 0) (local.get 1)))
  (func (export "query:echoed") (param i32 i32) (result i32) (call $echo (local.get 0) (local.get 1)))

  (func $note_in (param $name i32) (param $nameLength i32) (param $args i32) (param $length i32) (result i32)
    (local $end i32)
    (i64.store (global.get $note) (i64.const 0))
    (call $caller (i32.add (global.get $note) (i32.const 8)))
    (i64.store offset=40 (global.get $note) (call $now))
    (local.set $end (i32.add (global.get $note) (i32.const 49)))
    (if (i32.eq (call $firing (local.get $end) (i32.const 28)) (i32.const 28))
      (then
        (i32.store8 offset=48 (global.get $note) (i32.const 1))
        (local.set $end (i32.add (local.get $end) (i32.const 28))))
      (else (i32.store8 offset=48 (global.get $note) (i32.const 0))))
    (memory.copy (local.get $end) (local.get $args) (local.get $length))
    (local.set $end (i32.sub (i32.add (local.get $end) (local.get $length)) (global.get $note)))
    (drop (call $insert (call $table (local.get $name) (local.get $nameLength))
      (global.get $note) (local.get $end) (global.get $note) (local.get $end)))
    (i32.const 0))
  (func (export "reducer:begin") (param i32 i32) (result i32) (call $note_in (i32.const 0) (i32.const 5) (local.get 0) (local.get 1)))
  (func (export "reducer:renew") (param i32 i32) (result i32) (call $note_in (i32.const 16) (i32.const 5) (local.get 0) (local.get 1)))
  (func (export "reducer:come") (param i32 i32) (result i32) (call $note_in (i32.const 32) (i32.const 4) (local.get 0) (local.get 1)))
  (func (export "reducer:go") (param i32 i32) (result i32) (call $note_in (i32.const 48) (i32.const 2) (local.get 0) (local.get 1)))
  (func (export "reducer:tick") (param i32 i32) (result i32) (call $note_in (i32.const 64) (i32.const 4) (local.get 0) (local.get 1)))
  (func (export "reducer:heard") (param i32 i32) (result i32) (call $note_in (i32.const 80) (i32.const 5) (local.get 0) (local.get 1)))
  (func (export "reducer:changed") (param i32 i32) (result i32) (call $note_in (i32.const 96) (i32.const 7) (local.get 0) (local.get 1)))
  (func (export "reducer:gone") (param i32 i32) (result i32) (call $note_in (i32.const 112) (i32.const 4) (local.get 0) (local.get 1)))
  (func (export "reducer:told") (param i32 i32) (result i32) (call $note_in (i32.const 128) (i32.const 4) (local.get 0) (local.get 1)))
  (func (export "reducer:stubborn") (param i32 i32) (result i32)
    (if (i64.ne (call $count (call $table (i32.const 160) (i32.const 9))) (i64.const 0))
      (then (call $fail (i32.const 176) (i32.const 7)) (return (i32.const 1))))
    (call $note_in (i32.const 144) (i32.const 8) (local.get 0) (local.get 1))))
