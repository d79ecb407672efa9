//! Tests of who is sent images.

use super::*;
use council_core::{AttachedImage, Message, Role};

fn asked(part: Content) -> GenerateRequest {
    let mut message = Message::text(Role::User, "What is this?");
    message.content.insert(0, part);
    GenerateRequest::chat(vec![Message::text(Role::System, "Be brief."), message])
}

#[test]
fn an_image_is_refused_by_its_message_where_it_would_not_be_seen() {
    let image = || asked(Content::ImageUrl("data:,".to_owned()));
    assert_eq!(check(&image(), true), Ok(()));
    let refused = check(&image(), false);
    assert!(
        matches!(&refused, Err(ModelError::InvalidRequest { field, message })
            if field == "messages[1].content" && message.contains("`vision = true`")),
        "{refused:?}"
    );
}

#[test]
fn what_is_not_there_is_never_left_out_silently() {
    let (id, name) = ("att_1".to_owned(), "cat.png".to_owned());
    let refused = check(&asked(Content::Image(AttachedImage { id, name })), true);
    assert!(matches!(refused, Err(ModelError::Internal(said)) if said.contains("att_1")));
}
