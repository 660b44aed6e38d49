;; A reducer and a query of one name.
;;! {"module":{"name":"reducer_and_query","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
;;! {"query":{"name":"run","result":"u8"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0))
  (func (export "query:run") (param i32 i32) (result i32) (i32.const 0)))
