;; Declares a query that it does not export.
;;! {"module":{"name":"missing_query","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
;;! {"query":{"name":"balance","result":"i64"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
