//! The numbers of the wire: constructors of primitive types [AMQP 1.6] and descriptors of the types the standard defines.

/// Constructors, the byte in front of a value [AMQP 1.6].
pub(super) mod constructor {
    pub(in crate::codec) const DESCRIBED: u8 = 0x00;
    pub(in crate::codec) const NULL: u8 = 0x40;
    pub(in crate::codec) const TRUE: u8 = 0x41;
    pub(in crate::codec) const FALSE: u8 = 0x42;
    pub(in crate::codec) const UINT_0: u8 = 0x43;
    pub(in crate::codec) const ULONG_0: u8 = 0x44;
    pub(in crate::codec) const LIST_0: u8 = 0x45;
    pub(in crate::codec) const UBYTE: u8 = 0x50;
    pub(in crate::codec) const BYTE: u8 = 0x51;
    pub(in crate::codec) const SMALL_UINT: u8 = 0x52;
    pub(in crate::codec) const SMALL_ULONG: u8 = 0x53;
    pub(in crate::codec) const SMALL_INT: u8 = 0x54;
    pub(in crate::codec) const SMALL_LONG: u8 = 0x55;
    pub(in crate::codec) const BOOLEAN: u8 = 0x56;
    pub(in crate::codec) const USHORT: u8 = 0x60;
    pub(in crate::codec) const SHORT: u8 = 0x61;
    pub(in crate::codec) const UINT: u8 = 0x70;
    pub(in crate::codec) const INT: u8 = 0x71;
    pub(in crate::codec) const FLOAT: u8 = 0x72;
    pub(in crate::codec) const CHAR: u8 = 0x73;
    pub(in crate::codec) const DECIMAL_32: u8 = 0x74;
    pub(in crate::codec) const ULONG: u8 = 0x80;
    pub(in crate::codec) const LONG: u8 = 0x81;
    pub(in crate::codec) const DOUBLE: u8 = 0x82;
    pub(in crate::codec) const TIMESTAMP: u8 = 0x83;
    pub(in crate::codec) const DECIMAL_64: u8 = 0x84;
    pub(in crate::codec) const DECIMAL_128: u8 = 0x94;
    pub(in crate::codec) const UUID: u8 = 0x98;
    pub(in crate::codec) const BINARY_8: u8 = 0xa0;
    pub(in crate::codec) const STRING_8: u8 = 0xa1;
    pub(in crate::codec) const SYMBOL_8: u8 = 0xa3;
    pub(in crate::codec) const BINARY_32: u8 = 0xb0;
    pub(in crate::codec) const STRING_32: u8 = 0xb1;
    pub(in crate::codec) const SYMBOL_32: u8 = 0xb3;
    pub(in crate::codec) const LIST_8: u8 = 0xc0;
    pub(in crate::codec) const MAP_8: u8 = 0xc1;
    pub(in crate::codec) const LIST_32: u8 = 0xd0;
    pub(in crate::codec) const MAP_32: u8 = 0xd1;
    pub(in crate::codec) const ARRAY_8: u8 = 0xe0;
    pub(in crate::codec) const ARRAY_32: u8 = 0xf0;
}

macro_rules! descriptors {
    ($($name:ident = $code:literal $symbol:literal),+ $(,)?) => {
        /// Descriptor codes of the types that the standard defines, and the symbols that mean the same.
        pub mod descriptor {
            $(#[doc = concat!("`", $symbol, "`")] pub const $name: u64 = $code;)+

            /// The code of a descriptor given as a symbol; `None` for a type that the standard does not define.
            #[must_use]
            pub fn code_of(symbol: &[u8]) -> Option<u64> {
                $(if symbol == $symbol.as_bytes() { return Some($code); })+
                None
            }

            /// The symbol of a descriptor code; `None` for a type that the standard does not define.
            #[must_use]
            pub const fn symbol_of(code: u64) -> Option<&'static str> {
                match code {
                    $($code => Some($symbol),)+
                    _ => None,
                }
            }
        }
    };
}

descriptors! {
    OPEN = 0x10 "amqp:open:list",
    BEGIN = 0x11 "amqp:begin:list",
    ATTACH = 0x12 "amqp:attach:list",
    FLOW = 0x13 "amqp:flow:list",
    TRANSFER = 0x14 "amqp:transfer:list",
    DISPOSITION = 0x15 "amqp:disposition:list",
    DETACH = 0x16 "amqp:detach:list",
    END = 0x17 "amqp:end:list",
    CLOSE = 0x18 "amqp:close:list",
    ERROR = 0x1d "amqp:error:list",
    RECEIVED = 0x23 "amqp:received:list",
    ACCEPTED = 0x24 "amqp:accepted:list",
    REJECTED = 0x25 "amqp:rejected:list",
    RELEASED = 0x26 "amqp:released:list",
    MODIFIED = 0x27 "amqp:modified:list",
    SOURCE = 0x28 "amqp:source:list",
    TARGET = 0x29 "amqp:target:list",
    DELETE_ON_CLOSE = 0x2b "amqp:delete-on-close:list",
    DELETE_ON_NO_LINKS = 0x2c "amqp:delete-on-no-links:list",
    DELETE_ON_NO_MESSAGES = 0x2d "amqp:delete-on-no-messages:list",
    DELETE_ON_NO_LINKS_OR_MESSAGES = 0x2e "amqp:delete-on-no-links-or-messages:list",
    COORDINATOR = 0x30 "amqp:coordinator:list",
    DECLARE = 0x31 "amqp:declare:list",
    DISCHARGE = 0x32 "amqp:discharge:list",
    DECLARED = 0x33 "amqp:declared:list",
    TRANSACTIONAL_STATE = 0x34 "amqp:transactional-state:list",
    SASL_MECHANISMS = 0x40 "amqp:sasl-mechanisms:list",
    SASL_INIT = 0x41 "amqp:sasl-init:list",
    SASL_CHALLENGE = 0x42 "amqp:sasl-challenge:list",
    SASL_RESPONSE = 0x43 "amqp:sasl-response:list",
    SASL_OUTCOME = 0x44 "amqp:sasl-outcome:list",
    HEADER = 0x70 "amqp:header:list",
    DELIVERY_ANNOTATIONS = 0x71 "amqp:delivery-annotations:map",
    MESSAGE_ANNOTATIONS = 0x72 "amqp:message-annotations:map",
    PROPERTIES = 0x73 "amqp:properties:list",
    APPLICATION_PROPERTIES = 0x74 "amqp:application-properties:map",
    DATA = 0x75 "amqp:data:binary",
    AMQP_SEQUENCE = 0x76 "amqp:amqp-sequence:list",
    AMQP_VALUE = 0x77 "amqp:amqp-value:*",
    FOOTER = 0x78 "amqp:footer:map",
}
