;; Exports a global under the name of its reducer.
;;! {"module":{"name":"reducer_is_global","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (global (export "reducer:run") i32 (i32.const 0)))
