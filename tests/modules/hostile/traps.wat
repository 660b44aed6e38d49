;; One reducer for each kind of trap that WebAssembly has.
;;! {"module":{"name":"traps","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"unreachable_code"}}
;;! {"reducer":{"name":"divide_by_zero"}}
;;! {"reducer":{"name":"divide_overflow"}}
;;! {"reducer":{"name":"convert_nan"}}
;;! {"reducer":{"name":"convert_too_large"}}
;;! {"reducer":{"name":"load_beyond"}}
;;! {"reducer":{"name":"load_with_wrap_around"}}
;;! {"reducer":{"name":"store_across_the_end"}}
;;! {"reducer":{"name":"copy_beyond"}}
;;! {"reducer":{"name":"fill_beyond"}}
;;! {"reducer":{"name":"call_null"}}
;;! {"reducer":{"name":"call_wrong_type"}}
;;! {"reducer":{"name":"call_beyond"}}
(module
  (memory (export "memory") 1)
  (type $nothing (func))
  (type $number (func (result i32)))
  (table $functions 3 funcref)
  (elem (i32.const 0) $give_number)
  (func $give_number (type $number) (i32.const 7))
  (func $zero (result i32) (i32.load (i32.const 4096)))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:unreachable_code") (param i32 i32) (result i32) (unreachable))
  (func (export "reducer:divide_by_zero") (param i32 i32) (result i32) (i32.div_s (i32.const 1) (call $zero)))
  (func (export "reducer:divide_overflow") (param i32 i32) (result i32)
    (i32.and (i32.const 0) (i32.div_s (i32.const 0x80000000) (i32.sub (call $zero) (i32.const 1)))))
  (func (export "reducer:convert_nan") (param i32 i32) (result i32)
    (i32.trunc_f64_s (f64.div (f64.convert_i32_s (call $zero)) (f64.convert_i32_s (call $zero)))))
  (func (export "reducer:convert_too_large") (param i32 i32) (result i32)
    (i32.trunc_f64_s (f64.add (f64.const 1e10) (f64.convert_i32_s (call $zero)))))
  (func (export "reducer:load_beyond") (param i32 i32) (result i32) (i32.load (i32.const 65533)))
  (func (export "reducer:load_with_wrap_around") (param i32 i32) (result i32)
    (i32.load offset=0xffffffff (i32.const 0xffffffff)))
  (func (export "reducer:store_across_the_end") (param i32 i32) (result i32)
    (i64.store (i32.const 65529) (i64.const 0))
    (i32.const 0))
  (func (export "reducer:copy_beyond") (param i32 i32) (result i32)
    (memory.copy (i32.const 0) (i32.const 65000) (i32.const 537))
    (i32.const 0))
  (func (export "reducer:fill_beyond") (param i32 i32) (result i32)
    (memory.fill (i32.const 65536) (i32.const 1) (i32.const 1))
    (i32.const 0))
  (func (export "reducer:call_null") (param i32 i32) (result i32)
    (call_indirect $functions (type $number) (i32.const 2)))
  (func (export "reducer:call_wrong_type") (param i32 i32) (result i32)
    (call_indirect $functions (type $nothing) (i32.const 0))
    (i32.const 0))
  (func (export "reducer:call_beyond") (param i32 i32) (result i32)
    (call_indirect $functions (type $number) (i32.const 3))))
