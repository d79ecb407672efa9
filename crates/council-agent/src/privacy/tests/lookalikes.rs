//! What is not private, however it looks.

use super::found;

#[test]
fn numbers_dates_and_computations_stay_as_they_are() {
    for text in [
        "What is 15% of 240?",
        "12345678 * 87654321 = ?",
        "12345678901234567890 + 1",
        "2^64 = 18446744073709551616",
        "pi is 3.14159265358979",
        "On 01.02.2024 12:30 and 2024-01-02 10:20:30",
        "01/02/2024 - 05/06/2024",
        "between 1990-2000 and 2010-2020",
        "1,234,567,890 people",
        "1 234 567 890 Menschen",
        "192.168.100.200 and 10.0.0.1",
        "version 0.10.12.1234",
        "ISBN 978-3-16-148410-0",
        "the numbers 1 1 2 3 5 8 13 21 34 55 89 144",
        "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
        "order 123456789",
        "4111 1111 1111 1112",
        "1234567890123456",
        "DE89370400440532013001",
        "123-45-678 and 000-12-3456 and 900-12-3456",
        "f(x) = 1000000007 mod 998244353",
        "population 8336817 in 2020",
        "10 20 30 40 50 60",
        "3.0.12.555.0123",
        "timestamp 1700000000000",
        "12345678A",
        "RSSMRA85T10A562T",
    ] {
        assert_eq!(found(text), [], "in {text:?}");
    }
}

#[test]
fn code_and_talk_about_secrets_are_none() {
    for text in [
        "How do I reset my password?",
        "password = input(\"password: \")",
        "token = tokenizer.next_token()",
        "api_key = os.environ[\"API_KEY\"]",
        "Authorization: Bearer $TOKEN",
        "secret: ${{ secrets.DEPLOY_KEY_2024 }}",
        "The password must have at least 8 characters",
        "{\"type\": \"object\", \"properties\": {\"token\": {\"type\": \"string\"}}}",
        "use sk-learn-compatible-estimators-everywhere",
        "the token is invalid",
        "secret_key = settings.secret_key_name_v2",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "git clone git@github.com:ada/engine.git",
        "import {x} from '@types/node'",
        "@decorator\ndef f(): pass",
        "a @ b",
        "https://example.org/path?x=1",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "uuid 123e4567-e89b-12d3-a456-426614174000",
    ] {
        assert_eq!(found(text), [], "in {text:?}");
    }
}
