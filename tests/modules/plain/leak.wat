;; State that must not survive a call: each reducer answers 1 every time it is called.
;;! {"module":{"name":"leak","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"global","result":"i32"}}
;;! {"reducer":{"name":"memory","result":"i32"}}
;;! {"reducer":{"name":"far_memory","result":"i32"}}
;;! {"reducer":{"name":"host_written_memory","result":"i32"}}
;;! {"reducer":{"name":"grown_memory","result":"i32"}}
;;! {"reducer":{"name":"grown_content","result":"i32"}}
;;! {"reducer":{"name":"dropped_data","result":"i32"}}
;;! {"reducer":{"name":"table","result":"i32"}}
;;! {"reducer":{"name":"grown_table","result":"i32"}}
;;! {"reducer":{"name":"rejected","result":"i32"}}
;;! {"reducer":{"name":"trapped","result":"i32"}}
(module
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (import "interstice" "caller" (func $caller (param i32)))
  (memory (export "memory") 20 40)
  (table $slots 4 10 funcref)
  (elem declare func $marker)
  (data $once "\01")
  (global $counter (mut i32) (i32.const 0))
  (func $marker)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $answer (param $value i32) (result i32)
    (i32.store (i32.const 256) (local.get $value))
    (call $returns (i32.const 256) (i32.const 4))
    (i32.const 0))
  (func $bump (param $at i32) (result i32)
    (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1)))
    (i32.load (local.get $at)))
  (func (export "reducer:global") (param i32 i32) (result i32)
    (global.set $counter (i32.add (global.get $counter) (i32.const 1)))
    (call $answer (global.get $counter)))
  (func (export "reducer:memory") (param i32 i32) (result i32) (call $answer (call $bump (i32.const 512))))
  (func (export "reducer:far_memory") (param i32 i32) (result i32)
    (memory.fill (i32.const 200000) (i32.const 7) (i32.const 100000))
    (call $answer (call $bump (i32.const 1310716))))
  (func (export "reducer:host_written_memory") (param i32 i32) (result i32)
    (local $dirty i32)
    (local.set $dirty (i32.load8_u (i32.const 70000)))
    (i32.store8 (i32.const 70031) (i32.const 1))
    (call $caller (i32.const 70000))
    (i32.store8 (i32.const 70000) (i32.const 9))
    (call $answer (i32.add (i32.const 1) (local.get $dirty))))
  (func (export "reducer:grown_memory") (param i32 i32) (result i32)
    (call $answer (i32.sub (memory.grow (i32.const 1)) (i32.const 19))))
  (func (export "reducer:grown_content") (param i32 i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (call $answer (call $bump (i32.const 1310720))))
  (func (export "reducer:dropped_data") (param i32 i32) (result i32)
    (memory.init $once (i32.const 300) (i32.const 0) (i32.const 1))
    (data.drop $once)
    (call $answer (i32.load8_u (i32.const 300))))
  (func (export "reducer:table") (param i32 i32) (result i32)
    (local $empty i32)
    (local.set $empty (ref.is_null (table.get $slots (i32.const 2))))
    (table.set $slots (i32.const 2) (ref.func $marker))
    (call $answer (local.get $empty)))
  (func (export "reducer:grown_table") (param i32 i32) (result i32)
    (call $answer (i32.sub (table.grow $slots (ref.null func) (i32.const 1)) (i32.const 3))))
  (func (export "reducer:rejected") (param i32 i32) (result i32)
    (drop (call $bump (i32.const 512)))
    (global.set $counter (i32.const 100))
    (i32.const 1))
  (func (export "reducer:trapped") (param i32 i32) (result i32)
    (drop (call $bump (i32.const 512)))
    (global.set $counter (i32.const 100))
    (unreachable)))
