;; Has no interstice_alloc for the arguments.
;;! {"module":{"name":"no_alloc","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run","parameters":[{"name":"x","type":"u8"}]}}
(module
  (memory (export "memory") 1)
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
