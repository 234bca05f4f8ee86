//! The sandbox, asked from outside as HubSpot's own documentation says it may be asked.

use std::collections::BTreeMap;
use std::time::Duration;

use appctl::base::Timestamp;
use appctl::sandbox::{FAULT_WORDS, Limits, Options, Plan, Sandbox};
use serde_json::{Value as Json, json};

use crate::support::sandbox::{Client, Control, Ending, filtered, ids, list_all, sandbox};

const CONTACTS: &str = "/crm/v3/objects/contacts";

#[tokio::test]
async fn a_listing_leads_through_every_record_by_ascending_id() {
    let (sandbox, mut client) = sandbox(257, "").await;
    let all = list_all(&mut client, &format!("{CONTACTS}?limit=100")).await;
    let ids = ids(&all);
    assert_eq!(ids.len(), 257);
    assert!(ids.is_sorted());
    assert!(ids[0] < 100 && ids[256] > 1000, "ids have several lengths: {ids:?}");
    assert_eq!(ids, sandbox.hubspot().live_ids("contacts").unwrap());
    let by_default = client.get(CONTACTS).await.expect(200);
    assert_eq!(by_default["results"].as_array().unwrap().len(), 10);
    let link = by_default["paging"]["next"]["link"].as_str().unwrap();
    assert!(link.starts_with(sandbox.endpoint("hubspot").unwrap().as_str()), "{link}");
}

#[tokio::test]
async fn a_record_has_hubspots_shape() {
    let (_sandbox, mut client) = sandbox(5, "").await;
    let page = client.get(&format!("{CONTACTS}?limit=1&properties=email,phone&properties=nonsense")).await.expect(200);
    let record = &page["results"][0];
    let keys: Vec<&String> = record.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "properties", "createdAt", "updatedAt", "archived"]);
    let properties: Vec<&String> = record["properties"].as_object().unwrap().keys().collect();
    assert_eq!(properties, ["createdate", "email", "hs_object_id", "lastmodifieddate", "phone"]);
    assert_eq!(record["properties"]["hs_object_id"], record["id"]);
    assert_eq!(record["properties"]["createdate"], record["createdAt"]);
    let usual = client.get(&format!("{CONTACTS}?limit=1")).await.expect(200);
    let usual: Vec<&String> = usual["results"][0]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(usual, ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"]);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_account() {
    let start = |seed| Sandbox::start(Options { seed, records: 40, ..Options::default() });
    let (first, again, other) = (start(5).await.unwrap(), start(5).await.unwrap(), start(6).await.unwrap());
    for object in ["contacts", "companies", "deals", "tickets", "products", "line_items", "quotes", "machines"] {
        let records = first.hubspot().live(object).unwrap();
        assert!(!records.is_empty(), "{object}");
        assert_eq!(records, again.hubspot().live(object).unwrap(), "{object}");
    }
    assert_ne!(first.hubspot().live("contacts").unwrap(), other.hubspot().live("contacts").unwrap());
    assert_eq!(first.token().expose(), again.token().expose());
}

#[tokio::test]
async fn too_long_pages_are_refused_in_hubspots_shape() {
    let (_sandbox, mut client) = sandbox(5, "").await;
    for path in ["?limit=101", "?limit=0", "?limit=x", "?limit=51&propertiesWithHistory=email", "?after=moon"] {
        let error = client.get(&format!("{CONTACTS}{path}")).await.expect(400);
        assert_eq!(error["status"], "error", "{path}");
        assert_eq!(error["category"], "VALIDATION_ERROR", "{path}");
        assert_eq!(error["correlationId"].as_str().unwrap().len(), 36, "{path}");
    }
    client.get(&format!("{CONTACTS}?limit=50&propertiesWithHistory=email")).await.expect(200);
    let unknown = client.get("/crm/v3/objects/unicorns").await.expect(400);
    assert_eq!(unknown["message"], "Unable to infer object type from: unicorns");
    client.get(&format!("{CONTACTS}?properties={}", "x".repeat(16_500))).await.expect(414);
    client.get("/crm/v3/nothing").await.expect(404);
}

#[tokio::test]
async fn only_the_token_opens_the_door() {
    let (sandbox, mut client) = sandbox(5, "").await;
    let error = client.call_with("GET", CONTACTS, "", None).await.expect(401);
    assert_eq!(error["category"], "INVALID_AUTHENTICATION");
    client.call_with("GET", CONTACTS, "Authorization: Bearer pat-na1-wrong\r\n", None).await.expect(401);
    client.get(CONTACTS).await.expect(200);
    let mut control = Control::of(&sandbox);
    let token = control.post("/control/token", json!({})).await["token"].as_str().unwrap().to_owned();
    client.get(CONTACTS).await.expect(401);
    client.token = token;
    client.get(CONTACTS).await.expect(200);
    control.post("/control/revoke", json!({})).await;
    client.get(CONTACTS).await.expect(401);
    assert_eq!(sandbox.stats().wrong_token, 4);
}

#[tokio::test]
async fn a_record_is_created_changed_cleared_archived_and_restored() {
    let (sandbox, mut client) = sandbox(5, "").await;
    let made = client.post(CONTACTS, json!({"properties": {"email": "Lin@Mail.Example", "firstname": "Lin"}})).await;
    let made = made.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["properties"]["email"], "lin@mail.example");
    let path = format!("{CONTACTS}/{id}");
    let again = client.post(CONTACTS, json!({"properties": {"email": "lin@mail.example"}})).await.expect(409);
    assert_eq!(again["category"], "CONFLICT");
    assert_eq!(again["message"], format!("Contact already exists. Existing ID: {id}"));
    tokio::time::sleep(Duration::from_millis(3)).await;
    let changes = json!({"properties": {"firstname": "", "birthday": "1990-05-17", "hs_email_optout": true}});
    let changed = client.call("PATCH", &path, Some(changes)).await.expect(200);
    assert_eq!(changed["properties"]["firstname"], "");
    assert_eq!(changed["properties"]["hs_email_optout"], "true");
    assert_eq!(changed["createdAt"], made["createdAt"]);
    assert!(changed["updatedAt"].as_str() > made["updatedAt"].as_str());
    let by_mail = client.get(&format!("{CONTACTS}/lin@mail.example?idProperty=email")).await.expect(200);
    assert_eq!(by_mail["id"], id.as_str());
    assert_eq!(client.call("DELETE", &path, None).await.status, 204);
    assert_eq!(client.call("DELETE", &path, None).await.status, 204);
    client.get(&path).await.expect(404);
    let archived = client.get(&format!("{path}?archived=true")).await.expect(200);
    assert!(archived["archivedAt"].is_string());
    let listed = list_all(&mut client, &format!("{CONTACTS}?archived=true&limit=100")).await;
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["id"], &listed[0]["archived"]), (&json!(id), &json!(true)));
    assert_eq!(list_all(&mut client, &format!("{CONTACTS}?limit=100")).await.len(), 5);
    sandbox.hubspot().restore("contacts", &id).unwrap();
    assert_eq!(list_all(&mut client, &format!("{CONTACTS}?limit=100")).await.len(), 6);
}

#[tokio::test]
async fn values_that_do_not_fit_are_named() {
    let (_sandbox, mut client) = sandbox(5, "").await;
    for (name, value, code) in [
        ("no_such", "1", "PROPERTY_DOESNT_EXIST"),
        ("lifecyclestage", "king", "INVALID_OPTION"),
        ("email", "nobody", "INVALID_EMAIL"),
        ("birthday", "1990-05-17T10:00:00Z", "INVALID_DATE"),
        ("hubspotscore", "9", "READ_ONLY_VALUE"),
        ("hs_object_id", "9", "READ_ONLY_VALUE"),
    ] {
        let error = client.post(CONTACTS, json!({"properties": {name: value}})).await.expect(400);
        assert!(error["message"].as_str().unwrap().contains(code), "{name}: {error}");
    }
    let without_type = client.call("POST", CONTACTS, None).await;
    assert_eq!(without_type.status, 415);
}

#[tokio::test]
async fn a_batch_brings_what_is_there_and_names_what_is_not() {
    let (_sandbox, mut client) = sandbox(5, "").await;
    let first = list_all(&mut client, &format!("{CONTACTS}?limit=100")).await;
    let read = format!("{CONTACTS}/batch/read");
    let id = &first[2]["id"];
    let body = json!({"inputs": [{"id": id}, {"id": "999999"}, {"id": id}], "properties": ["email"]});
    let batch = client.post(&read, body).await.expect(207);
    assert_eq!(batch["status"], "COMPLETE");
    assert_eq!(batch["results"].as_array().unwrap().len(), 1);
    assert_eq!(batch["results"][0]["properties"]["email"], first[2]["properties"]["email"]);
    assert_eq!(batch["numErrors"], 1);
    assert_eq!(batch["errors"][0]["category"], "OBJECT_NOT_FOUND");
    assert_eq!(batch["errors"][0]["context"]["ids"], json!(["999999"]));
    let many: Vec<Json> = (0..101).map(|id| json!({"id": id.to_string()})).collect();
    client.post(&read, json!({"inputs": many, "properties": []})).await.expect(400);
    let by_mail = json!({"idProperty": "email", "inputs": [{"id": first[0]["properties"]["email"]}], "properties": []});
    assert_eq!(client.post(&read, by_mail).await.expect(200)["results"][0]["id"], first[0]["id"]);
}

#[tokio::test]
async fn batches_create_update_upsert_and_archive() {
    let (sandbox, mut client) = sandbox(5, "").await;
    let batch = |verb: &str| format!("{CONTACTS}/batch/{verb}");
    let inputs =
        json!({"inputs": [{"properties": {"email": "a@x.example"}}, {"properties": {"email": "b@x.example"}}]});
    let made = client.post(&batch("create"), inputs).await.expect(201);
    let id = made["results"][0]["id"].as_str().unwrap().to_owned();
    let inputs = json!({"inputs": [{"id": id, "properties": {"city": "Oslo"}}, {"id": "424242", "properties": {"city": "Rome"}}]});
    let changed = client.post(&batch("update"), inputs).await.expect(207);
    assert_eq!(changed["results"][0]["properties"]["city"], "Oslo");
    let inputs = json!({"inputs": [
        {"idProperty": "email", "id": "a@x.example", "properties": {"city": "Bergen"}},
        {"idProperty": "email", "id": "c@x.example", "properties": {"city": "Turku"}},
    ]});
    let upserted = client.post(&batch("upsert"), inputs).await.expect(200);
    let new: Vec<&Json> = upserted["results"].as_array().unwrap().iter().map(|result| &result["new"]).collect();
    assert_eq!(new, [false, true]);
    assert_eq!(client.post(&batch("archive"), json!({"inputs": [{"id": id}, {"id": "1234567"}]})).await.status, 204);
    assert_eq!(sandbox.hubspot().count("contacts").unwrap(), 7);
}

#[tokio::test]
async fn a_merge_leaves_one_record_under_both_ids() {
    let (sandbox, mut client) = sandbox(8, "").await;
    let all = sandbox.hubspot().live_ids("contacts").unwrap();
    let (winner, loser) = (all[1].to_string(), all[6].to_string());
    let before = client.get(&format!("{CONTACTS}/{winner}")).await.expect(200);
    let body = json!({"primaryObjectId": winner, "objectIdToMerge": loser});
    let merged = client.post(&format!("{CONTACTS}/merge"), body.clone()).await.expect(200);
    assert_eq!(merged["id"], winner.as_str());
    assert_eq!(merged["properties"]["hs_merged_object_ids"], loser.as_str());
    assert!(merged["properties"]["hs_calculated_merged_vids"].as_str().unwrap().starts_with(&format!("{loser}:")));
    assert!(merged["updatedAt"].as_str() > before["updatedAt"].as_str());
    for path in [format!("{CONTACTS}?limit=100"), format!("{CONTACTS}?limit=100&archived=true")] {
        assert!(!ids(&list_all(&mut client, &path).await).contains(&all[6]), "{path}");
    }
    let read = json!({"inputs": [{"id": loser}], "properties": ["email"]});
    let read = client.post(&format!("{CONTACTS}/batch/read"), read).await.expect(200);
    assert_eq!(read["results"][0]["id"], winner.as_str());
    client.post(&format!("{CONTACTS}/merge"), body).await.expect(404);
}

#[tokio::test]
async fn what_is_deleted_for_good_is_nowhere() {
    let (sandbox, mut client) = sandbox(5, "").await;
    let id = sandbox.hubspot().live_ids("contacts").unwrap()[0].to_string();
    let answer = client.post(&format!("{CONTACTS}/gdpr-delete"), json!({"objectId": id})).await;
    assert_eq!(answer.status, 204);
    client.get(&format!("{CONTACTS}/{id}")).await.expect(404);
    client.get(&format!("{CONTACTS}/{id}?archived=true")).await.expect(404);
    for archived in [false, true] {
        let path = format!("{CONTACTS}?limit=100&archived={archived}");
        assert!(!list_all(&mut client, &path).await.iter().any(|record| record["id"] == id.as_str()));
    }
    let body = json!({"inputs": [{"id": id}], "properties": []});
    client.post(&format!("{CONTACTS}/batch/read"), body).await.expect(207);
}

#[tokio::test]
async fn searches_filter_as_documented() {
    let (sandbox, mut client) = sandbox(0, "").await;
    let account = sandbox.hubspot();
    for (name, amount, stage, note) in [
        ("Amber Coffee: pilot", "100", "closedwon", "x"),
        ("Birch Labs: renewal", "99.5", "contractsent", "x"),
        ("Cedar Farms: refit", "1000", "closedwon", ""),
    ] {
        let properties = [("dealname", name), ("amount", amount), ("dealstage", stage), ("description", note)];
        account.create("deals", &properties).unwrap();
    }
    account.create("deals", &[("dealname", "Nothing known")]).unwrap();
    for (filter, found) in [
        (json!({"propertyName": "dealname", "operator": "EQ", "value": "amber coffee: PILOT"}), "A"),
        (json!({"propertyName": "dealstage", "operator": "EQ", "value": "CLOSEDWON"}), ""),
        (json!({"propertyName": "dealstage", "operator": "EQ", "value": "closedwon"}), "AC"),
        (json!({"propertyName": "dealstage", "operator": "NEQ", "value": "closedwon"}), "B"),
        (json!({"propertyName": "dealstage", "operator": "IN", "values": ["closedwon", "contractsent"]}), "ABC"),
        (json!({"propertyName": "dealstage", "operator": "NOT_IN", "values": ["closedwon"]}), "B"),
        (json!({"propertyName": "amount", "operator": "GT", "value": "100"}), "C"),
        (json!({"propertyName": "amount", "operator": "GTE", "value": "100"}), "AC"),
        (json!({"propertyName": "amount", "operator": "LT", "value": "100"}), "B"),
        (json!({"propertyName": "amount", "operator": "LTE", "value": 100}), "AB"),
        (json!({"propertyName": "amount", "operator": "BETWEEN", "value": "99.5", "highValue": "100"}), "AB"),
        (json!({"propertyName": "amount", "operator": "HAS_PROPERTY"}), "ABC"),
        (json!({"propertyName": "amount", "operator": "NOT_HAS_PROPERTY"}), "N"),
        (json!({"propertyName": "description", "operator": "HAS_PROPERTY"}), "AB"),
        (json!({"propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": "*ee*"}), "A"),
        (json!({"propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": "labs"}), "B"),
        (json!({"propertyName": "dealname", "operator": "NOT_CONTAINS_TOKEN", "value": "labs"}), "ACN"),
        (json!({"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "1600000000000"}), "ABCN"),
        (json!({"propertyName": "hs_lastmodifieddate", "operator": "LT", "value": "2020-01-01T00:00:00Z"}), ""),
        (json!({"propertyName": "hs_object_id", "operator": "LTE", "value": "2"}), "AB"),
    ] {
        let page = client.post("/crm/v3/objects/deals/search", filtered(json!([filter]))).await.expect(200);
        let names = page["results"].as_array().unwrap().iter();
        let names: String = names.map(|deal| &deal["properties"]["dealname"].as_str().unwrap()[..1]).collect();
        assert_eq!(names, found, "{filter}");
        assert_eq!(page["total"], found.len(), "{filter}");
    }
}

#[tokio::test]
async fn searches_join_groups_sort_and_look_for_words() {
    let (sandbox, mut client) = sandbox(50, "").await;
    let search = format!("{CONTACTS}/search");
    let all = sandbox.hubspot().live("contacts").unwrap();
    let is = |name: &str, value: &str| json!({"filters": [{"propertyName": name, "operator": "EQ", "value": value}]});
    let body = json!({"filterGroups": [is("lifecyclestage", "lead"), is("lifecyclestage", "customer")], "limit": 200});
    let either = client.post(&search, body).await.expect(200);
    let expected =
        all.iter().filter(|one| ["lead", "customer"].contains(&one["properties"]["lifecyclestage"].as_str().unwrap()));
    assert_eq!(either["total"], expected.count());
    let body = json!({"sorts": [{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}], "limit": 50});
    let sorted = client.post(&search, body).await.expect(200);
    let times: Vec<&str> =
        sorted["results"].as_array().unwrap().iter().map(|one| one["updatedAt"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let email = all[7]["properties"]["email"].as_str().unwrap();
    let found = client.post(&search, json!({"query": email.to_uppercase()})).await.expect(200);
    assert_eq!((&found["total"], &found["results"][0]["id"]), (&json!(1), &all[7]["id"]));
    let short = json!({"filters": [{"propertyName": "email", "operator": "EQ", "value": email}]});
    assert_eq!(client.post(&search, short).await.expect(200)["total"], 1);
    let company = sandbox.hubspot().live_ids("companies").unwrap()[1];
    let members = sandbox.hubspot().associated("companies", &company.to_string(), "contacts").unwrap();
    let body =
        filtered(json!([{"propertyName": "associations.company", "operator": "EQ", "value": company.to_string()}]));
    assert_eq!(ids(client.post(&search, body).await.expect(200)["results"].as_array().unwrap()), members);
}

#[tokio::test]
async fn searches_out_of_bounds_are_refused() {
    let (_sandbox, mut client) = sandbox(5, "").await;
    let search = format!("{CONTACTS}/search");
    let one = json!({"propertyName": "email", "operator": "HAS_PROPERTY"});
    let group = |size: usize| json!({"filters": vec![one.clone(); size]});
    for body in [
        json!({"limit": 201}),
        json!({"after": "x"}),
        json!({"filterGroups": vec![group(1); 6]}),
        json!({"filterGroups": [group(7)]}),
        json!({"filterGroups": [group(6), group(6), group(6), group(1)]}),
        json!({"sorts": [{"propertyName": "email"}, {"propertyName": "city"}]}),
        json!({"query": "x".repeat(3001)}),
        filtered(json!([{"propertyName": "nonsense", "operator": "EQ", "value": "1"}])),
        filtered(json!([{"propertyName": "email", "operator": "LIKE", "value": "1"}])),
        filtered(json!([{"propertyName": "lastmodifieddate", "operator": "GT", "value": "soon"}])),
    ] {
        let error = client.post(&search, body.clone()).await.expect(400);
        assert_eq!(error["category"], "VALIDATION_ERROR", "{body}");
    }
    client.post(&search, json!({"filterGroups": [group(6), group(6), group(6)]})).await.expect(200);
}

#[tokio::test]
async fn a_search_ends_at_ten_thousand_but_a_window_by_id_does_not() {
    let (sandbox, mut client) = sandbox(10_450, "").await;
    let search = format!("{CONTACTS}/search");
    let page = client.post(&search, json!({"limit": 200, "after": "9800"})).await.expect(200);
    assert_eq!(page["total"], 10_450);
    assert_eq!(page["paging"]["next"]["after"], "10000");
    let error = client.post(&search, json!({"limit": 200, "after": "10000"})).await.expect(400);
    assert_eq!(error["category"], "VALIDATION_ERROR");
    let mut seen = Vec::new();
    loop {
        let last = seen.last().copied().unwrap_or(0u64).to_string();
        let mut body = filtered(json!([
            {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1000"},
            {"propertyName": "lastmodifieddate", "operator": "LT", "value": "1999999999999"},
            {"propertyName": "hs_object_id", "operator": "GT", "value": last},
        ]));
        body["sorts"] = json!([{"propertyName": "hs_object_id", "direction": "ASCENDING"}]);
        let page = client.post(&search, body).await.expect(200);
        let found = ids(page["results"].as_array().unwrap());
        assert_eq!(page["total"], 10_450 - seen.len());
        if found.is_empty() {
            break;
        }
        seen.extend(found);
    }
    assert_eq!(seen, sandbox.hubspot().live_ids("contacts").unwrap());
}

#[tokio::test]
async fn the_search_index_is_behind_and_never_has_archived_records() {
    let (sandbox, mut client) = sandbox(5, "lag:10").await;
    let account = sandbox.hubspot();
    sandbox.clock().set(Timestamp::parse("2026-06-01T00:00:00Z").unwrap());
    let id = account.create("contacts", &[("city", "Oslo")]).unwrap();
    let old = account.live_ids("contacts").unwrap()[0].to_string();
    account.update("contacts", &old, &[("city", "Oslo")]).unwrap();
    let search = format!("{CONTACTS}/search");
    let in_oslo = filtered(json!([{"propertyName": "city", "operator": "EQ", "value": "oslo"}]));
    assert_eq!(client.post(&search, in_oslo.clone()).await.expect(200)["total"], 0);
    assert_eq!(list_all(&mut client, &format!("{CONTACTS}?limit=100")).await.len(), 6);
    sandbox.clock().advance(Duration::from_secs(9));
    assert_eq!(client.post(&search, in_oslo.clone()).await.expect(200)["total"], 0);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(client.post(&search, in_oslo.clone()).await.expect(200)["total"], 2);
    account.update("contacts", &id, &[("city", "Rome")]).unwrap();
    assert_eq!(client.post(&search, in_oslo.clone()).await.expect(200)["total"], 2);
    account.archive("contacts", &old).unwrap();
    assert_eq!(client.post(&search, in_oslo.clone()).await.expect(200)["total"], 1);
    sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(client.post(&search, in_oslo).await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_listing_a_search_and_the_truth_agree_after_anything() {
    for seed in [1, 2, 3, 4, 5] {
        println!("seed {seed}");
        let options = Options { seed, records: 120, ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let (mut client, mut control) = (Client::of(&sandbox), Control::of(&sandbox));
        for object in ["contacts", "companies", "deals", "machines"] {
            let order = json!({"type": object, "op": "mixed", "count": 60, "seed": seed});
            let changed = control.post("/control/mutate", order).await;
            assert!(changed["changed"].as_array().unwrap().len() > 20, "{changed}");
            let names = client.get(&format!("/crm/v3/properties/{object}")).await.expect(200);
            let names: Vec<&str> = names["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|property| property["name"].as_str().unwrap())
                .collect();
            let path = format!("/crm/v3/objects/{object}?limit=37&properties={}", names.join(","));
            let listed = list_all(&mut client, &path).await;
            assert_eq!(listed, control.lines(&format!("/control/dump?type={object}")).await);
            assert_eq!(listed, sandbox.hubspot().live(object).unwrap());
            let body = json!({"limit": 200, "properties": names});
            let found = client.post(&format!("/crm/v3/objects/{object}/search"), body).await.expect(200);
            assert_eq!(found["results"], json!(listed[..listed.len().min(200)]));
        }
    }
}

#[tokio::test]
async fn associations_go_both_ways_and_do_not_move_the_last_change() {
    let (sandbox, mut client) = sandbox(40, "").await;
    let account = sandbox.hubspot();
    let before = account.live("contacts").unwrap();
    let contact = before[39]["id"].as_str().unwrap().to_owned();
    let company = account.live_ids("companies").unwrap()[0].to_string();
    let path = format!("/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}");
    client.call("PUT", &path, None).await.expect(200);
    let links = client.get(&format!("/crm/v4/objects/contacts/{contact}/associations/companies")).await.expect(200);
    let link = links["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|link| link["toObjectId"] == company.parse::<u64>().unwrap())
        .unwrap();
    assert_eq!(link["associationTypes"][0]["category"], "HUBSPOT_DEFINED");
    assert_eq!(link["associationTypes"][0]["typeId"], 279);
    let back = json!({"inputs": [{"id": company}, {"id": "777777"}]});
    let back = client.post("/crm/v4/associations/companies/contacts/batch/read", back).await.expect(207);
    let members = back["results"][0]["to"].as_array().unwrap();
    assert!(members.iter().any(|link| link["toObjectId"] == contact.parse::<u64>().unwrap()));
    assert_eq!(back["errors"][0]["context"]["fromObjectId"], json!(["777777"]));
    let end = json!({"inputs": [{"from": {"id": contact}, "to": [{"id": company}]}]});
    assert_eq!(client.post("/crm/v4/associations/contacts/companies/batch/archive", end).await.status, 204);
    assert!(!account.associated("companies", &company, "contacts").unwrap().contains(&contact.parse().unwrap()));
    let after = account.live("contacts").unwrap();
    assert_eq!(before[39]["updatedAt"], after[39]["updatedAt"]);
    let listed = client.get(&format!("{CONTACTS}?limit=100&associations=companies")).await.expect(200);
    let first = &listed["results"].as_array().unwrap().iter().find(|one| one["associations"].is_object()).unwrap()["associations"];
    let types: Vec<&Json> =
        first["companies"]["results"].as_array().unwrap().iter().map(|link| &link["type"]).collect();
    assert_eq!(types, ["contact_to_company", "contact_to_company_unlabeled"]);
}

#[tokio::test]
async fn many_associations_come_in_pages() {
    let (sandbox, mut client) = sandbox(1200, "").await;
    let account = sandbox.hubspot();
    let company = account.live_ids("companies").unwrap()[0].to_string();
    let contacts = account.live_ids("contacts").unwrap();
    for part in contacts.chunks(600) {
        let pair = |id: &u64| json!({"from": {"id": id.to_string()}, "to": {"id": company}});
        let body = json!({"inputs": part.iter().map(pair).collect::<Vec<_>>()});
        client.post("/crm/v4/associations/contacts/companies/batch/associate/default", body).await.expect(200);
    }
    let path = format!("/crm/v4/objects/companies/{company}/associations/contacts?limit=500");
    let links = list_all(&mut client, &path).await;
    let seen: Vec<u64> = links.iter().map(|link| link["toObjectId"].as_u64().unwrap()).collect();
    assert_eq!(seen, contacts);
    let read = "/crm/v4/associations/companies/contacts/batch/read";
    let first = client.post(read, json!({"inputs": [{"id": company}]})).await.expect(200);
    assert_eq!(first["results"][0]["to"].as_array().unwrap().len(), 1000);
    let after = first["results"][0]["paging"]["next"]["after"].clone();
    let rest = client.post(read, json!({"inputs": [{"id": company, "after": after}]})).await.expect(200);
    assert_eq!(rest["results"][0]["to"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn properties_are_read_made_changed_and_archived() {
    let (sandbox, mut client) = sandbox(5, "").await;
    let path = "/crm/v3/properties/contacts";
    let all = client.get(path).await.expect(200);
    let by_name: BTreeMap<&str, &Json> = all["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|property| (property["name"].as_str().unwrap(), property))
        .collect();
    assert_eq!(by_name["lastmodifieddate"]["type"], "datetime");
    assert!(!by_name.contains_key("hs_lastmodifieddate"));
    assert_eq!(by_name["num_associated_deals"]["calculated"], true);
    assert_eq!(by_name["email"]["hasUniqueValue"], true);
    assert_eq!(by_name["lifecyclestage"]["options"][1]["value"], "lead");
    assert_eq!(by_name["email"]["hubspotDefined"], true);
    assert_eq!(by_name["birthday"]["hubspotDefined"], false);
    let deals = client.get("/crm/v3/properties/deals/hs_lastmodifieddate").await.expect(200);
    assert_eq!(deals["type"], "datetime");
    let new = json!({"name": "shoe_size", "label": "Shoe size", "type": "number", "fieldType": "number", "groupName": "contactinformation"});
    client.post(path, new.clone()).await.expect(201);
    client.post(path, new).await.expect(409);
    let id = sandbox.hubspot().live_ids("contacts").unwrap()[0];
    client
        .call("PATCH", &format!("{CONTACTS}/{id}"), Some(json!({"properties": {"shoe_size": "44.5"}})))
        .await
        .expect(200);
    let changed = json!({"label": "Shoes", "type": "string"});
    let changed = client.call("PATCH", &format!("{path}/shoe_size"), Some(changed)).await.expect(200);
    assert_eq!((&changed["label"], &changed["type"]), (&json!("Shoes"), &json!("string")));
    assert_eq!(client.call("DELETE", &format!("{path}/shoe_size"), None).await.status, 204);
    client.get(&format!("{path}/shoe_size")).await.expect(404);
    client.get(&format!("{path}/shoe_size?archived=true")).await.expect(200);
    client.call("DELETE", &format!("{path}/email"), None).await.expect(400);
    let record = client.get(&format!("{CONTACTS}/{id}?properties=shoe_size")).await.expect(200);
    assert!(record["properties"].get("shoe_size").is_none());
}

#[tokio::test]
async fn the_account_its_owners_pipelines_and_schemas_are_there() {
    let (_sandbox, mut client) = sandbox(20, "").await;
    let details = client.get("/account-info/v3/details").await.expect(200);
    let portal = details["portalId"].as_u64().unwrap();
    let owners = list_all(&mut client, "/crm/v3/owners?limit=5").await;
    assert_eq!(owners.len(), 11);
    let one = client.get(&format!("/crm/v3/owners/{}", owners[3]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(one, owners[3]);
    assert_eq!(list_all(&mut client, "/crm/v3/owners?archived=true").await.len(), 1);
    let pipelines = client.get("/crm/v3/pipelines/deals").await.expect(200);
    assert_eq!(pipelines["results"][0]["stages"][5]["id"], "closedwon");
    client.get("/crm/v3/pipelines/deals/default/stages/closedlost").await.expect(200);
    let schemas = client.get("/crm/v3/schemas").await.expect(200);
    let schema = &schemas["results"][0];
    assert_eq!(schema["objectTypeId"], "2-1000001");
    assert_eq!(schema["fullyQualifiedName"], format!("p{portal}_machines"));
    for name in ["machines", "2-1000001", schema["fullyQualifiedName"].as_str().unwrap()] {
        assert_eq!(
            client.get(&format!("/crm/v3/objects/{name}")).await.expect(200)["results"].as_array().unwrap().len(),
            2
        );
        client.get(&format!("/crm-object-schemas/v3/schemas/{name}")).await.expect(200);
    }
    let info = json!({"tokenKey": client.token});
    let info =
        client.call_with("POST", "/oauth/v2/private-apps/get/access-token-info", "", Some(info)).await.expect(200);
    assert_eq!(info["hubId"], portal);
    assert!(info["scopes"].as_array().unwrap().contains(&json!("crm.objects.contacts.read")));
}

#[tokio::test]
async fn paths_with_a_date_reach_the_same_things() {
    let (_sandbox, mut client) = sandbox(20, "").await;
    for (numbered, dated) in [
        ("/crm/v3/objects/contacts?limit=3", "/crm/objects/2026-03/0-1?limit=3"),
        ("/crm/v3/owners", "/crm/owners/2026-03"),
        ("/crm/v3/pipelines/tickets", "/crm/pipelines/2026-03/tickets"),
        ("/crm/v3/properties/deals", "/crm/properties/2026-03/deal"),
        ("/crm/v3/schemas", "/crm-object-schemas/2026-03/schemas"),
        ("/account-info/v3/details", "/account-info/2026-03/details"),
    ] {
        let (first, second) = (client.get(numbered).await.expect(200), client.get(dated).await.expect(200));
        assert_eq!(first["results"], second["results"], "{dated}");
    }
    client.post("/crm/objects/2026-03/contacts/search", json!({"limit": 1})).await.expect(200);
}

#[tokio::test]
async fn the_limits_are_hubspots() {
    let limits = Limits { ten_seconds: Some(8), daily: Some(12), searches_per_second: Some(2) };
    let sandbox = Sandbox::start(Options { records: 5, limits, ..Options::default() }).await.unwrap();
    sandbox.clock().set(Timestamp::parse("2026-06-01T12:00:00Z").unwrap());
    let mut client = Client::of(&sandbox);
    let search = format!("{CONTACTS}/search");
    let first = client.get(CONTACTS).await;
    for (header, value) in [
        ("X-HubSpot-RateLimit-Max", "8"),
        ("X-HubSpot-RateLimit-Remaining", "7"),
        ("X-HubSpot-RateLimit-Interval-Milliseconds", "10000"),
        ("X-HubSpot-RateLimit-Daily", "12"),
        ("X-HubSpot-RateLimit-Daily-Remaining", "11"),
    ] {
        assert_eq!(first.header(header), Some(value), "{header}");
    }
    for _ in 0..2 {
        let answer = client.post(&search, json!({})).await;
        answer.expect(200);
        assert_eq!(answer.header("X-HubSpot-RateLimit-Max"), None);
    }
    let third = client.post(&search, json!({})).await;
    let error = third.expect(429);
    assert_eq!(
        (&error["policyName"], &error["message"]),
        (&json!("SECONDLY"), &json!("You have reached your secondly limit."))
    );
    for _ in 0..5 {
        client.get(CONTACTS).await.expect(200);
    }
    let slow = client.get(CONTACTS).await;
    assert_eq!(slow.expect(429)["policyName"], "TEN_SECONDLY_ROLLING");
    assert_eq!(slow.header("Retry-After"), None);
    sandbox.clock().advance(Duration::from_secs(10));
    for _ in 0..3 {
        client.get(CONTACTS).await.expect(200);
    }
    let usage = client.get("/account-info/v3/api-usage/daily/private-apps").await.expect(200);
    let usage = &usage["results"][0];
    assert_eq!((&usage["currentUsage"], &usage["usageLimit"]), (&json!(12), &json!(12)));
    assert_eq!(usage["resetsAt"], "2026-06-02T00:00:00Z");
    assert_eq!(client.get(CONTACTS).await.expect(429)["policyName"], "DAILY");
    sandbox.clock().advance(Duration::from_secs(12 * 3600));
    client.get(CONTACTS).await.expect(200);
    assert_eq!(sandbox.stats().slowed_down, 3);
}

#[tokio::test]
async fn without_limits_the_headers_announce_a_very_high_one() {
    let (_sandbox, mut client) = sandbox(5, "").await;
    for path in [CONTACTS, "/crm/v3/owners"] {
        let answer = client.get(path).await;
        assert_eq!(answer.header("X-HubSpot-RateLimit-Max"), Some("1000000"));
    }
}

#[tokio::test]
async fn a_missing_scope_closes_one_object_only() {
    let (sandbox, mut client) = sandbox(5, "").await;
    let mut control = Control::of(&sandbox);
    control.post("/control/scopes", json!({"take": ["deals"]})).await;
    for path in ["/crm/v3/objects/deals", "/crm/v3/properties/deals", "/crm/v3/pipelines/deals"] {
        let error = client.get(path).await.expect(403);
        assert_eq!(error["category"], "MISSING_SCOPES", "{path}");
        assert!(error["errors"][0]["context"]["requiredGranularScopes"].is_array(), "{path}");
    }
    client.post("/crm/v3/objects/deals/search", json!({})).await.expect(403);
    let links = json!({"inputs": [{"id": "1"}]});
    client.post("/crm/v4/associations/contacts/deals/batch/read", links).await.expect(403);
    client.get(CONTACTS).await.expect(200);
    control.post("/control/scopes", json!({"give": ["deals"]})).await;
    client.get("/crm/v3/objects/deals").await.expect(200);
}

#[tokio::test]
async fn calculated_values_change_without_a_trace() {
    let (sandbox, mut client) = sandbox(30, "").await;
    let path = format!("{CONTACTS}?limit=100&properties=hubspotscore,num_associated_deals");
    let before = list_all(&mut client, &path).await;
    Control::of(&sandbox).post("/control/mutate", json!({"op": "recalculate"})).await;
    let after = list_all(&mut client, &path).await;
    assert_ne!(before, after);
    let times = |records: &[Json]| records.iter().map(|record| record["updatedAt"].clone()).collect::<Vec<_>>();
    assert_eq!(times(&before), times(&after));
}

#[tokio::test]
async fn the_history_of_a_property_is_kept() {
    let (sandbox, mut client) = sandbox(5, "").await;
    let id = sandbox.hubspot().live_ids("contacts").unwrap()[0].to_string();
    for city in ["Oslo", "Rome"] {
        sandbox.hubspot().update("contacts", &id, &[("city", city)]).unwrap();
    }
    let record = client.get(&format!("{CONTACTS}/{id}?propertiesWithHistory=city")).await.expect(200);
    let values = record["propertiesWithHistory"]["city"].as_array().unwrap();
    assert_eq!(values.len(), 3);
    assert_eq!((&values[0]["value"], &values[1]["value"]), (&json!("Rome"), &json!("Oslo")));
}

#[tokio::test]
async fn the_control_door_has_its_own_key() {
    let (sandbox, mut client) = sandbox(5, "").await;
    client.get("/control/stats").await.expect(401);
    let mut control = Control::of(&sandbox);
    assert!(control.get("/control").await.as_object().unwrap().len() > 8);
    client.get(CONTACTS).await.expect(200);
    let stats = control.get("/control/stats").await;
    assert_eq!((&stats["calls"], &stats["by_endpoint"]["list"]), (&json!(1), &json!(1)));
    assert_eq!(
        control.post("/control/clock", json!({"set": "2026-06-01T00:00:00Z"})).await["now"],
        "2026-06-01T00:00:00Z"
    );
    control.post("/control/clock", json!({"skew_seconds": 3600})).await;
    assert_eq!(client.get(CONTACTS).await.header("Date"), Some("Mon, 01 Jun 2026 01:00:00 GMT"));
    control.post("/control/properties", json!({"type": "deals", "add": [{"name": "colour", "type": "string"}], "remove": ["amount"], "retype": {"dealtype": "string"}})).await;
    client.get("/crm/v3/properties/deals/amount").await.expect(404);
    assert_eq!(client.get("/crm/v3/properties/deals/dealtype").await.expect(200)["type"], "string");
    let announced = sandbox.announcement();
    assert_eq!(announced["port"], sandbox.port());
    assert_eq!(announced["endpoints"]["hubspot"], format!("http://127.0.0.1:{}", sandbox.port()));
    assert_eq!(control.lines("/control/dump?type=contacts_companies").await.len(), {
        let linked = |id: u64| sandbox.hubspot().associated("contacts", &id.to_string(), "companies").unwrap().len();
        sandbox.hubspot().live_ids("contacts").unwrap().into_iter().map(linked).sum::<usize>()
    });
}

#[tokio::test]
async fn the_wire_breaks_as_planned() {
    for (fault, ending) in [
        ("cut", Ending::Reset),
        ("fin", Ending::Closed),
        ("close", Ending::Closed),
        ("halfhead", Ending::Closed),
        ("garbage", Ending::Closed),
        ("short", Ending::Whole),
        ("long", Ending::Closed),
        ("chunked", Ending::Closed),
        ("nolength", Ending::Closed),
        ("cutgzip", Ending::Whole),
    ] {
        let (sandbox, mut client) = sandbox(20, &format!("{fault}#2")).await;
        let whole = client.get(CONTACTS).await;
        whole.expect(200);
        let broken = client.get(CONTACTS).await;
        assert_eq!(broken.ending, ending, "{fault}: {broken:?}");
        match fault {
            "short" => assert!(broken.body.len() < whole.body.len() && whole.body.starts_with(&broken.body)),
            "cutgzip" => {
                assert_eq!((broken.header("content-encoding"), &broken.body[..2]), (Some("gzip"), &b"\x1F\x8B"[..]))
            }
            "close" | "halfhead" | "garbage" => assert_eq!(broken.body.len(), 0, "{fault}"),
            // The whole body arrives; what is wrong is the length around it.
            "long" => assert_eq!(broken.body.len(), whole.body.len()),
            _ => assert!(broken.body.len() <= whole.body.len(), "{fault}"),
        }
        let mut again = Client::of(&sandbox);
        again.get(CONTACTS).await.expect(200);
        assert_eq!(sandbox.stats().faults[fault], 1);
    }
}

#[tokio::test]
async fn slow_and_silent_answers_take_their_time() {
    for fault in ["slow", "slowhead", "silent", "stall"] {
        let (sandbox, mut client) = sandbox(20, fault).await;
        let waited = tokio::time::timeout(Duration::from_millis(300), client.get(CONTACTS)).await;
        assert!(waited.is_err(), "{fault} answered at once");
        drop(client);
        tokio::time::timeout(Duration::from_secs(5), sandbox.shutdown()).await.unwrap();
    }
    let (_sandbox, mut client) = sandbox(20, "late:ms=50").await;
    client.get(CONTACTS).await.expect(200);
}

#[tokio::test]
async fn odd_contents_come_as_planned() {
    type Check = fn(&[u8]) -> bool;
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    assert!(has(b"abc", b"bc"));
    let checks: [(&str, Check); 14] = [
        ("html", |body| body.starts_with(b"<!doctype html>")),
        ("empty", |body| body.is_empty()),
        ("badjson", |body| body.starts_with(b"{\"results\"") && serde_json::from_slice::<Json>(body).is_err()),
        ("nan", |body| body.windows(4).any(|four| four == b":NaN")),
        ("dupkeys", |body| String::from_utf8_lossy(body).matches("\"hs_object_id\"").count() > 10),
        ("surrogate", |body| body.windows(6).any(|six| six == b"\\ud800")),
        ("bigint", |body| {
            serde_json::from_slice::<Json>(body).is_ok() && body.windows(9).any(|nine| nine == b"123456789")
        }),
        ("1e400", |body| body.windows(5).any(|five| five == b"1e400")),
        ("deep", |body| body.windows(1000).any(|part| part.iter().all(|byte| *byte == b'['))),
        ("bom", |body| body.starts_with(b"\xEF\xBB\xBF{")),
        ("badutf8", |body| std::str::from_utf8(body).is_err()),
        ("nul", |body| body.windows(6).any(|six| six == b"\\u0000")),
        ("bigcell", |body| body.len() > 10 << 20),
        ("fields", |body| String::from_utf8_lossy(body).matches("sandbox_field_").count() == 10_000),
    ];
    for (fault, holds) in checks {
        let (_sandbox, mut client) = sandbox(20, &format!("{fault}@list")).await;
        let answer = client.get(CONTACTS).await;
        assert_eq!((answer.status, answer.ending), (200, Ending::Whole), "{fault}");
        assert!(
            holds(&answer.body),
            "{fault}: {}",
            String::from_utf8_lossy(&answer.body[..answer.body.len().min(400)])
        );
        client.get("/crm/v3/owners").await.expect(200);
    }
}

#[tokio::test]
async fn huge_bodies_and_bombs_are_as_big_as_told() {
    let (_sandbox, mut client) = sandbox(5, "huge:size=3000000").await;
    let huge = client.get(CONTACTS).await;
    assert_eq!(huge.body.len(), 3_000_000);
    assert!(huge.json()["pad"].is_string());
    let (_sandbox, mut client) = sandbox(5, "bomb").await;
    let bomb = client.get(CONTACTS).await;
    assert_eq!(bomb.header("content-encoding"), Some("gzip"));
    assert!(bomb.body.len() < 8 << 20);
}

#[tokio::test]
async fn statuses_and_their_waits_come_as_planned() {
    for (plan, status, wait) in [
        ("429", 429, None),
        ("429:retry=7", 429, Some("7")),
        ("429:retry=-1", 429, Some("-1")),
        ("429:retry=1e9", 429, Some("1e9")),
        ("500", 500, None),
        ("502", 502, None),
        ("503:retry=3", 503, Some("3")),
        ("504", 504, None),
        ("530", 530, None),
    ] {
        let (_sandbox, mut client) = sandbox(5, plan).await;
        let answer = client.get(CONTACTS).await;
        assert_eq!((answer.status, answer.header("Retry-After")), (status, wait), "{plan}");
    }
    let (sandbox, mut client) = sandbox(5, "429:retry=date").await;
    sandbox.clock().set(Timestamp::parse("2026-06-01T00:00:00Z").unwrap());
    assert_eq!(client.get(CONTACTS).await.header("Retry-After"), Some("Mon, 01 Jun 2026 00:00:02 GMT"));
}

#[tokio::test]
async fn listings_mislead_as_planned() {
    let path = format!("{CONTACTS}?limit=4");
    let pages = async |plan: &str| {
        let (_sandbox, mut client) = sandbox(12, plan).await;
        let mut pages = Vec::new();
        let mut after = String::new();
        for _ in 0..6 {
            let answer = client.get(&format!("{path}&after={after}")).await;
            if answer.status != 200 {
                pages.push(vec![u64::from(answer.status)]);
                break;
            }
            let page = answer.json();
            pages.push(ids(page["results"].as_array().unwrap()));
            match page["paging"]["next"]["after"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        pages
    };
    let right = pages("").await;
    let [a, b, c] = right.as_slice() else { panic!("{right:?}") };
    let list = |pages: &[&Vec<u64>]| pages.iter().map(|page| (*page).clone()).collect::<Vec<_>>();
    assert_eq!(pages("duplicate#1").await, list(&[a, a, b, c]));
    assert_eq!(pages("loop").await, list(&[a, b, a, b, a, b]));
    assert_eq!(pages("stuck@list#2+").await, list(&[a, b, b, b, b, b]));
    assert_eq!(pages("half#2").await, list(&[a, b]));
    assert_eq!(pages("emptylist#1").await, list(&[&Vec::new()]));
    assert_eq!(pages("expired#2").await, list(&[a, b, &vec![400]]));
}

#[tokio::test]
async fn searches_mislead_as_planned_too() {
    let (sandbox, mut client) = sandbox(12, "").await;
    let search = format!("{CONTACTS}/search");
    let page = json!({"limit": 4, "after": "4"});
    let right = client.post(&search, page.clone()).await.expect(200);
    sandbox.set_faults(Plan::parse("duplicate@search#1,stuck@search#2,expired@search#3").unwrap());
    let duplicate = client.post(&search, page.clone()).await.expect(200);
    assert_ne!(duplicate["results"], right["results"]);
    assert_eq!(duplicate["paging"]["next"]["after"], "4");
    let stuck = client.post(&search, page.clone()).await.expect(200);
    assert_eq!((&stuck["results"], &stuck["paging"]["next"]["after"]), (&right["results"], &json!("4")));
    client.post(&search, page).await.expect(400);
}

#[tokio::test]
async fn redirects_and_false_links_lead_to_the_canary() {
    let (sandbox, mut client) = sandbox(20, "redirect#1,nexthost@list#2").await;
    let answer = client.get(CONTACTS).await;
    assert_eq!(answer.status, 302);
    let target = url::Url::parse(answer.header("Location").unwrap()).unwrap();
    assert_eq!((target.host_str(), target.path()), (Some("localhost"), CONTACTS));
    assert_ne!(target.port(), Some(sandbox.port()));
    let page = client.get(CONTACTS).await.expect(200);
    assert!(page["paging"]["next"]["link"].as_str().unwrap().starts_with("http://localhost:"));
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", target.port().unwrap())).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer y\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    assert_eq!((sandbox.stats().canary, sandbox.stats().canary_with_credentials), (1, 1));
}

#[tokio::test]
async fn a_million_records_are_at_hand_at_once() {
    let (_sandbox, mut client) = sandbox(1_000_000, "").await;
    let last = client.get(&format!("{CONTACTS}?limit=100&after=9999500")).await.expect(200);
    assert_eq!(last["results"].as_array().unwrap().len(), 50);
    assert!(last["paging"].is_null());
    let recent =
        filtered(json!([{"propertyName": "lastmodifieddate", "operator": "GT", "value": "2026-02-01T00:00:00Z"}]));
    assert_eq!(client.post(&format!("{CONTACTS}/search"), recent).await.expect(200)["total"], 0);
}

#[test]
fn every_fault_has_a_line_of_explanation() {
    assert!(FAULT_WORDS.iter().all(|(word, line)| !word.is_empty() && line.len() > 5));
}
