//! The query and header parameters of an operation become one struct with named fields.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use quote::format_ident;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprCall, ExprMethodCall, Field, FnArg, Ident, ItemStruct, Lit, Pat, Type, parse_quote,
};

use super::{Method, Parts, head};

pub fn run(parts: &mut Parts) -> Result<()> {
    for method in &mut parts.operations {
        gather(method).with_context(|| format!("parameters of {}", method.operation.id))?;
    }
    Ok(())
}

fn gather(method: &mut Method) -> Result<()> {
    let mut names = WireNames::default();
    names.visit_block(&method.function.block);
    let mut fields: Vec<Field> = Vec::new();
    let mut kept = syn::punctuated::Punctuated::new();
    for argument in std::mem::take(&mut method.function.sig.inputs) {
        let named = match &argument {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pattern) => names
                    .0
                    .get(&pattern.ident.to_string())
                    .map(|wire| (pattern.ident.clone(), wire, (*typed.ty).clone())),
                _ => bail!("an argument without a name"),
            },
            FnArg::Receiver(_) => None,
        };
        match named {
            Some((ident, wire, typ)) => {
                fields.push(field(&ident, wire, &typ));
                method.wire_names.push(wire.clone());
            }
            None => kept.push(argument),
        }
    }
    method.function.sig.inputs = kept;
    let idents: Vec<Ident> = fields
        .iter()
        .filter_map(|field| field.ident.clone())
        .collect();
    ThroughParams(&idents).visit_block_mut(&mut method.function.block);
    if fields.is_empty() {
        return Ok(());
    }
    let name = format_ident!("{}Params", crate::lift::type_name(&[&method.operation.id])?);
    let before_body = method.function.sig.inputs.iter().position(|argument| {
        matches!(argument, FnArg::Typed(typed) if matches!(&*typed.pat, Pat::Ident(pattern) if pattern.ident == "body"))
    });
    let index = before_body.unwrap_or(method.function.sig.inputs.len());
    method
        .function
        .sig
        .inputs
        .insert(index, parse_quote!(params: &#name));
    let params: ItemStruct = parse_quote! {
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct #name { #(#fields),* }
    };
    method.params = Some(params);
    Ok(())
}

/// A field owns its value; a list that is empty is not sent, so it needs no `Option`.
fn field(ident: &Ident, wire: &str, typ: &Type) -> Field {
    let owned = owned(typ);
    let doc = format!(" `{wire}`");
    parse_quote!(#[doc = #doc] pub #ident: #owned)
}

fn owned(typ: &Type) -> Type {
    match typ {
        Type::Reference(reference) => owned(&reference.elem),
        Type::Path(path) if path.path.is_ident("str") => parse_quote!(String),
        _ => match head(typ) {
            Some((name, arguments)) if name == "Option" && arguments.len() == 1 => {
                let inner = owned(arguments[0]);
                match head(&inner) {
                    Some((name, _)) if name == "Vec" => inner,
                    _ => parse_quote!(Option<#inner>),
                }
            }
            _ => typ.clone(),
        },
    }
}

/// The wire names of query and header parameters, by the idents of their arguments.
#[derive(Default)]
struct WireNames(BTreeMap<String, String>);

impl WireNames {
    fn add(&mut self, wire: &Expr, value: &Expr) {
        let Expr::Lit(literal) = wire else { return };
        let (Lit::Str(wire), Some(ident)) = (&literal.lit, innermost(value)) else {
            return;
        };
        self.0.insert(ident.to_string(), wire.value());
    }
}

impl<'a> Visit<'a> for WireNames {
    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        visit::visit_expr_call(self, call);
        if let (Expr::Path(function), Some(wire), Some(value)) =
            (&*call.func, call.args.get(0), call.args.get(1))
            && function
                .path
                .segments
                .first()
                .is_some_and(|first| first.ident == "QueryParam")
        {
            self.add(wire, value);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        if let (true, Some(wire), Some(value)) =
            (call.method == "append", call.args.get(0), call.args.get(1))
        {
            self.add(wire, value);
        }
    }

    /// `if let Some(value) = x_registry_auth { header_map.append("X-Registry-Auth", …) }`
    fn visit_expr_if(&mut self, branch: &'a syn::ExprIf) {
        let mut inner = WireNames::default();
        inner.visit_block(&branch.then_branch);
        if let (Expr::Let(condition), Some(wire)) = (&*branch.cond, inner.0.remove("value"))
            && let Some(ident) = innermost(&condition.expr)
        {
            self.0.insert(ident.to_string(), wire);
        }
    }
}

/// The variable at the core of `&x`, `x.to_string().try_into()?` and the like.
fn innermost(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Reference(reference) => innermost(&reference.expr),
        Expr::MethodCall(call) => innermost(&call.receiver),
        Expr::Try(tried) => innermost(&tried.expr),
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

/// Reads the parameters from the struct.
struct ThroughParams<'a>(&'a [Ident]);

impl VisitMut for ThroughParams<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let ident = match expr {
            Expr::Path(path) => path.path.get_ident().filter(|ident| self.0.contains(ident)),
            _ => None,
        };
        if let Some(ident) = ident {
            *expr = parse_quote!(params.#ident);
        }
    }

    fn visit_expr_let_mut(&mut self, condition: &mut syn::ExprLet) {
        visit_mut::visit_expr_let_mut(self, condition);
        let expr = &condition.expr;
        condition.expr = parse_quote!(&#expr);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, operations, plain, thing_get};

    #[test]
    fn query_and_header_parameters_become_a_struct() {
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
                    params: &ThingGetParams,
                ) -> Result<ResponseValue<Thing>, Error<ErrorResponse>> {
                    let url = format!("{}/things/{}", self.baseurl, encode_path(& id.to_string()),);
                    let mut header_map = reqwest::header::HeaderMap::with_capacity(2usize);
                    header_map
                        .append(
                            reqwest::header::HeaderName::from_static("api-version"),
                            reqwest::header::HeaderValue::from_static(Self::api_version()),
                        );
                    if let Some(value) = &params.x_auth {
                        header_map.append("X-Auth", value.to_string().try_into()?);
                    }
                    #[allow(unused_mut)]
                    let mut request = self
                        .client
                        .get(url)
                        .header(
                            reqwest::header::ACCEPT,
                            reqwest::header::HeaderValue::from_static("application/json"),
                        )
                        .query(&QueryParam::new("all", &params.all))
                        .headers(header_map)
                        .build()?;
                    let info = OperationInfo {
                        operation_id: "thing_get",
                    };
                    self.pre(&mut request, &info).await?;
                    let result = self.exec(request, &info).await;
                    self.post(&result, &info).await?;
                    let response = result?;
                    match response.status().as_u16() {
                        200..=299 => ResponseValue::from_response(response).await,
                        400u16..=499u16 => {
                            Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
                        }
                        500u16..=599u16 => {
                            Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))
                        }
                        _ => Err(Error::UnexpectedResponse(response)),
                    }
                }
            }
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct ThingGetParams {
                /// `all`
                pub all: Option<bool>,
                /// `X-Auth`
                pub x_auth: Option<String>,
            }
        "#]]
        .assert_eq(&operations(parts));
    }
}
