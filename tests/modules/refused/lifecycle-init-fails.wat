;; Its init says no: it cannot be published.
;;! {"module":{"name":"init_fails","version":"1.0.0","abi":1}}
;;! {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true}]}}
;;! {"reducer":{"name":"begin","lifecycle":"init"}}
(module
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 32) "not today")
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:begin") (param i32 i32) (result i32) (call $fail (i32.const 32) (i32.const 9)) (i32.const 1)))
