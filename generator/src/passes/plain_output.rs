//! An operation that answers without an upgrade too gets a second method, for its output alone.

use quote::format_ident;
use syn::{ReturnType, parse_quote};

use super::{Method, Parts};
use crate::lift::Answer;

pub fn run(parts: &mut Parts) {
    let methods = std::mem::take(&mut parts.operations);
    for method in methods {
        let plain = method.operation.plain_too.then(|| plain(&method));
        parts.operations.push(method);
        parts.operations.extend(plain);
    }
}

fn plain(method: &Method) -> Method {
    let mut operation = method.operation.clone();
    operation.answer = Answer::Stream;
    let mut function = method.function.clone();
    function.sig.ident = format_ident!("{}_output", function.sig.ident);
    let output: ReturnType =
        parse_quote!(-> Result<ResponseValue<ByteStream>, Error<ErrorResponse>>);
    function.sig.output = output;
    Method {
        operation,
        function,
        params: None,
        wire_names: Vec::new(),
        debug: None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, plain};

    #[test]
    fn an_upgrade_that_answers_without_one_too_gets_a_second_method() {
        let attach = json!({
            "operationId": "ThingAttach", "tags": ["Thing"],
            "parameters": [{"name": "id", "in": "path", "type": "string"}],
            "responses": {"101": {}, "200": {}},
        });
        let lifted = lifted(json!({"properties": {"Name": {"type": "string"}}}), attach);
        let mut parts = plain(&lifted);
        super::run(&mut parts);
        let methods = parts.operations.iter();
        let methods: Vec<_> = methods
            .map(|method| method.function.sig.ident.to_string())
            .collect();
        expect!["thing_attach thing_attach_output"].assert_eq(&methods.join(" "));
    }
}
