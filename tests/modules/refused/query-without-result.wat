;; A query that answers nothing.
;;! {"module":{"name":"query_without_result","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
;;! {"query":{"name":"ask"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0))
  (func (export "query:ask") (param i32 i32) (result i32) (i32.const 0)))
