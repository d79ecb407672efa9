//! A model of this machine that sees, from outside: a tiny one with a projector, both with random weights.

use crate::program::{Server, World};
use base64::Engine as _;
use council_models::gguf::writer::{TinyModel, TinyProjector, write_tiny_model, write_tiny_projector};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use std::io::Cursor;

const TEMPLATE: &str =
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}answer:";

fn file(shade: u8) -> Vec<u8> {
    let image = DynamicImage::from(RgbImage::from_pixel(70, 50, Rgb([shade, 90, 200])));
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

fn picture(shade: u8) -> String {
    base64::engine::general_purpose::STANDARD.encode(file(shade))
}

/// Attaches a file to a conversation, as a form of a browser does.
fn attach(server: &Server, conversation: &str, name: &str, content: &[u8]) -> Value {
    let mut form =
        format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
            .into_bytes();
    form.extend_from_slice(content);
    form.extend_from_slice(b"\r\n--x--\r\n");
    let path = format!("/v1/conversations/{conversation}/attachments");
    let kind = "Content-Type: multipart/form-data; boundary=x";
    serde_json::from_str(&server.post_bytes(&path, kind, &form)).unwrap()
}

fn serve(world: &World) -> Server {
    let models = world.path().join("models");
    std::fs::create_dir_all(&models).unwrap();
    let model = TinyModel {
        context_length: 4096,
        chat_template: Some(TEMPLATE.to_owned()),
        ..TinyModel::default()
    };
    write_tiny_model(&models.join("seer.gguf"), &model).unwrap();
    let projector = models.join("seer.mmproj.gguf");
    write_tiny_projector(&projector, TinyProjector::Gemma3, model.embedding, 1).unwrap();
    world.serve(&["--models-dir", "models"])
}

fn post(server: &Server, path: &str, body: &Value) -> Value {
    serde_json::from_str(&server.post(path, &body.to_string())).unwrap()
}

#[test]
fn a_model_of_this_machine_sees_the_images_of_openais_api() {
    let world = World::new();
    let server = serve(&world);
    let models: Value = serde_json::from_str(&server.get("/v1/models/seer")).unwrap();
    assert_eq!(models["capabilities"]["vision"], true, "{models}");
    let ask = |model: &str, url: String| {
        let content = json!([
            {"type": "image_url", "image_url": {"url": url}},
            {"type": "text", "text": "what is it"},
        ]);
        let messages = json!([{"role": "user", "content": content}]);
        let body = json!({"model": model, "messages": messages, "max_tokens": 4, "temperature": 0});
        post(&server, "/v1/chat/completions", &body)
    };
    for model in ["seer", "council/auto"] {
        let answer = ask(model, format!("data:image/jpeg;base64,{}", picture(10)));
        assert_eq!(answer["choices"][0]["message"]["role"], "assistant", "{answer}");
        assert_eq!(answer["usage"]["completion_tokens"], 4, "{answer}");
    }
    for (url, why) in [
        ("data:image/png;base64,AAAA", "cannot be read"),
        ("http://127.0.0.1:1/cat.png", "do not fetch"),
    ] {
        let refused = ask("seer", url.to_owned());
        let error = &refused["error"];
        assert_eq!(error["param"], "messages", "{refused}");
        assert!(error["message"].as_str().unwrap().contains(why), "{refused}");
    }
}

#[test]
fn an_attached_image_is_seen_in_its_turn_and_in_later_ones() {
    let world = World::new();
    let server = serve(&world);
    let attached = attach(&server, "c", "sky.jpg", &file(30));
    let id = &attached["data"][0]["id"];
    assert!(id.is_string(), "{attached}");
    let ask = |prompt: &str, more: Value| {
        let mut body = json!({"prompt": prompt, "session_id": "c", "model": "seer", "max_tokens": 4});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = post(&server, "/api/chat", &body);
        answer["usage"]["prompt_tokens"]
            .as_u64()
            .unwrap_or_else(|| unreachable!("{answer}"))
    };
    let words = ask("hello", json!({"session_id": "d"}));
    let first = ask("what is it", json!({"attachments": [id]}));
    let second = ask("and now", json!({}));
    assert!(
        first > words + 10,
        "{first} tokens with an image, {words} without"
    );
    assert!(second > first, "{second} tokens after {first}");
}
