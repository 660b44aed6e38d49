;; Uses vector instructions (SIMD).
;;! {"module":{"name":"code_simd","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32)
    (i32x4.extract_lane 0 (i32x4.splat (i32.const 0)))))
