;; A map whose key is a float.
;;! {"module":{"name":"map_key_is_float","version":"1.0.0","abi":1}}
;;! {"event":{"name":"e","type":"map<f32,u8>"}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
