//! Every method ends in one of four ways to read an answer, instead of a page of plumbing.

use anyhow::{Context, Result, bail};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, ReturnType, Stmt, Type, parse_quote};

use super::{Method, Parts, head};
use crate::lift::{Answer, Operation};

pub fn run(parts: &mut Parts) -> Result<()> {
    for method in &mut parts.operations {
        shorten(method).with_context(|| format!("answer of {}", method.operation.id))?;
    }
    Ok(())
}

fn shorten(method: &mut Method) -> Result<()> {
    let tail = tail(method);
    let body = &mut method.function.block.stmts;
    let Some(end) = body
        .iter()
        .position(|statement| declares(statement, "info"))
    else {
        bail!("no operation info");
    };
    body.truncate(end);
    // Of progenitor's header map only what the operation itself declares is sent.
    let has_headers = body.iter().any(sets_a_header);
    body.retain(|statement| match statement {
        Stmt::Expr(Expr::MethodCall(call), _) => !appends_api_version(call),
        Stmt::Local(_) => has_headers || !declares(statement, "header_map"),
        _ => true,
    });
    let mut pass = Request {
        operation: &method.operation,
        has_headers,
    };
    body.iter_mut()
        .for_each(|statement| pass.visit_stmt_mut(statement));
    let (id, path) = (&method.operation.id, &method.operation.path);
    body.push(parse_quote!(let operation = Operation::new(#id, #path);));
    body.push(Stmt::Expr(tail, None));
    Ok(())
}

fn tail(method: &Method) -> Expr {
    match method.operation.answer {
        Answer::Json if answers_with_a_list(method) => {
            parse_quote!(crate::answer::list(self, operation, request).await)
        }
        Answer::Json => parse_quote!(crate::answer::json(self, operation, request).await),
        Answer::Stream => parse_quote!(crate::answer::stream(self, operation, request).await),
        Answer::Empty => parse_quote!(crate::answer::empty(self, operation, request).await),
        Answer::Upgrade => parse_quote!(crate::answer::upgrade(self, operation, request).await),
    }
}

/// Whether the method returns `Result<ResponseValue<Vec<_>>, _>`, where null is an empty list.
fn answers_with_a_list(method: &Method) -> bool {
    answered(method)
        .and_then(head)
        .is_some_and(|(name, _)| name == "Vec")
}

/// The `T` of the `Result<ResponseValue<T>, _>` that a method returns.
pub fn answered(method: &Method) -> Option<&Type> {
    let ReturnType::Type(_, result) = &method.function.sig.output else {
        return None;
    };
    let value = head(result).and_then(|(_, arguments)| arguments.first().copied())?;
    head(value).and_then(|(_, arguments)| arguments.first().copied())
}

fn declares(statement: &Stmt, name: &str) -> bool {
    let Stmt::Local(local) = statement else {
        return false;
    };
    matches!(&local.pat, syn::Pat::Ident(pattern) if pattern.ident == name)
}

/// Whether a statement appends a header of the operation itself, if it is given or always.
fn sets_a_header(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(Expr::If(_), _) => true,
        Stmt::Expr(Expr::MethodCall(call), _) => {
            call.method == "append" && !appends_api_version(call)
        }
        _ => false,
    }
}

fn appends_api_version(call: &ExprMethodCall) -> bool {
    call.method == "append" && matches!(call.args.first(), Some(Expr::Call(_)))
}

/// Tidies the expressions that build the request.
struct Request<'a> {
    operation: &'a Operation,
    has_headers: bool,
}

impl VisitMut for Request<'_> {
    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        visit_mut::visit_local_mut(self, local);
        local.attrs.clear();
        if let syn::Pat::Ident(pattern) = &mut local.pat
            && pattern.ident == "request"
        {
            pattern.mutability = None;
        }
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        // `encode_path(& id.to_string())` inside `format!` is a token stream, not an expression.
        let text = call
            .tokens
            .to_string()
            .replace("& ", "")
            .replace(" . to_string ()", "");
        if let Ok(tokens) = text.parse() {
            call.tokens = tokens;
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let Expr::MethodCall(call) = expr else { return };
        let receiver = &call.receiver;
        if call.method == "headers" && !self.has_headers {
            *expr = (**receiver).clone();
        } else if call.method == "header" && is_octet_stream(call) {
            *expr =
                parse_quote!(#receiver.header(reqwest::header::CONTENT_TYPE, "application/x-tar"));
        } else if call.method == "header" && call.args.len() == 2 {
            let accept = "application/json";
            *expr = parse_quote!(#receiver.header(reqwest::header::ACCEPT, #accept));
        } else if call.method == "build" && self.operation.answer == Answer::Upgrade {
            let protocol = &self.operation.upgrade;
            *expr = parse_quote! {
                #receiver
                    .header(reqwest::header::CONNECTION, "Upgrade")
                    .header(reqwest::header::UPGRADE, #protocol)
                    .build()
            };
        } else if call.method == "json" {
            *expr = parse_quote!(#receiver.json(body));
        }
    }
}

/// Bodies that are not JSON are tar archives, in every operation of the API.
fn is_octet_stream(call: &ExprMethodCall) -> bool {
    let Some(Expr::Call(value)) = call.args.get(1) else {
        return false;
    };
    matches!(value.args.first(), Some(Expr::Lit(literal))
        if matches!(&literal.lit, syn::Lit::Str(text) if text.value() == "application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, operations, plain, thing_get};

    #[test]
    fn a_method_ends_in_one_way_to_read_an_answer() {
        let lifted = lifted(
            json!({"properties": {"Name": {"type": "string"}}}),
            thing_get(),
        );
        let mut parts = plain(&lifted);
        super::run(&mut parts).unwrap();
        expect![[r#"
            impl Client {
                /**Sends a `GET` request to `/things/{id}`

            */
                pub async fn thing_get(
                    &self,
                    id: &str,
                    all: Option<bool>,
                    x_auth: Option<&str>,
                ) -> Result<ResponseValue<Thing>, Error<ErrorResponse>> {
                    let url = format!("{}/things/{}", self.baseurl, encode_path(id),);
                    let mut header_map = reqwest::header::HeaderMap::with_capacity(2usize);
                    if let Some(value) = x_auth {
                        header_map.append("X-Auth", value.to_string().try_into()?);
                    }
                    let request = self
                        .client
                        .get(url)
                        .header(reqwest::header::ACCEPT, "application/json")
                        .query(&QueryParam::new("all", &all))
                        .headers(header_map)
                        .build()?;
                    let operation = Operation::new("ThingGet", "/things/{id}");
                    crate::answer::json(self, operation, request).await
                }
            }
        "#]]
        .assert_eq(&operations(parts));
    }

    #[test]
    fn an_upgrade_asks_for_its_protocol() {
        let upgraded = json!({
            "operationId": "ThingAttach", "tags": ["Thing"],
            "parameters": [{"name": "id", "in": "path", "type": "string"}],
            "responses": {"101": {}, "200": {}},
        });
        let lifted = lifted(
            json!({"properties": {"Name": {"type": "string"}}}),
            upgraded,
        );
        let mut parts = plain(&lifted);
        super::run(&mut parts).unwrap();
        expect![[r#"
            impl Client {
                /**Sends a `GET` request to `/things/{id}`

            */
                pub async fn thing_attach(
                    &self,
                    id: &str,
                ) -> Result<ResponseValue<reqwest::Upgraded>, Error<ErrorResponse>> {
                    let url = format!("{}/things/{}", self.baseurl, encode_path(id),);
                    let request = self
                        .client
                        .get(url)
                        .header(reqwest::header::CONNECTION, "Upgrade")
                        .header(reqwest::header::UPGRADE, "tcp")
                        .build()?;
                    let operation = Operation::new("ThingAttach", "/things/{id}");
                    crate::answer::upgrade(self, operation, request).await
                }
            }
        "#]]
        .assert_eq(&operations(parts));
    }
}
