/* The stub's code as data of the launcher. */
        .section .rodata
        .globl stub_image
        .globl stub_image_end
stub_image:
        .incbin STUB_BINARY
stub_image_end:
        .section .note.GNU-stack,"",@progbits
