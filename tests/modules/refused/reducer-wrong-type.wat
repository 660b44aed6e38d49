;; Exports its reducer without parameters.
;;! {"module":{"name":"reducer_wrong_type","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (result i32) (i32.const 0)))
