"""What the official schemas of HSDS 3.0 ask, as one table: types, formats, code lists, required.

From the JSON schemas of the Human Services Data Specification by Open Referral
(github.com/openreferral/specification, CC BY-SA 4.0), without their descriptions.
"""

from typing import Any

# A word ends with ! where the field is required; [name] is a list of that object, name one of it.
TABLE = {
    "organization": "id:uuid! name! description! alternate_name email:email website:uri tax_status "
    "tax_id year_incorporated:number legal_status logo uri:uri parent_organization_id "
    "funding:[any] contacts:[any] phones:[phone] locations:[location] programs:[any] "
    "organization_identifiers:[any] attributes:[attribute] metadata:[any]",
    "service": "id:uuid! name! status:service_status! organization_id program_id alternate_name "
    "description url:uri email:email interpretation_services application_process "
    "fees_description wait_time fees accreditations eligibility_description minimum_age:number "
    "maximum_age:number assured_date assurer_email:email licenses alert phones:[phone] "
    "schedules:[schedule] service_areas:[service_area] "
    "service_at_locations:[service_at_location] languages:[language] "
    "organization:organization funding:[any] cost_options:[any] program:any "
    "required_documents:[any] contacts:[any] attributes:[attribute] metadata:[any]",
    "service_at_location": "id:uuid! service_id location_id description "
    "service_areas:[service_area] contacts:[any] phones:[phone] schedules:[schedule] "
    "location:location attributes:[attribute] metadata:[any]",
    "location": "id:uuid! location_type:location_type! url:uri organization_id name alternate_name "
    "description transportation latitude:number longitude:number external_identifier "
    "external_identifier_type languages:[language] addresses:[any] contacts:[any] "
    "accessibility:[any] phones:[phone] schedules:[schedule] attributes:[attribute] "
    "metadata:[any]",
    "taxonomy": "id:uuid! name! description! uri:uri version metadata:[any]",
    "taxonomy_term": "id:uuid! name! description! code parent_id taxonomy taxonomy_detail:taxonomy "
    "language taxonomy_id term_uri:uri metadata:[any]",
    "attribute": "id:uuid! link_id taxonomy_term_id link_type link_entity value "
    "taxonomy_term:taxonomy_term metadata:[any] label",
    "phone": "id:uuid! number! location_id service_id organization_id contact_id "
    "service_at_location_id extension:number type description languages:[language] "
    "attributes:[attribute] metadata:[any]",
    "language": "id:uuid! service_id location_id phone_id name code note attributes:[attribute] "
    "metadata:[any]",
    "schedule": "id:uuid! service_id location_id service_at_location_id valid_from valid_to "
    "dtstart timezone:number until count:number wkst freq:freq interval:number byday byweekno "
    "bymonthday byyearday description opens_at closes_at schedule_link:uri attending_type "
    "notes attributes:[attribute] metadata:[any]",
    "service_area": "id:uuid! service_id service_at_location_id name description extent "
    "extent_type uri attributes:[attribute] metadata:[any]",
}
CODES = {
    "service_status": ["active", "inactive", "defunct", "temporarily closed"],
    "location_type": ["physical", "postal", "virtual"],
    "freq": ["WEEKLY", "MONTHLY"],
}
PLAIN: dict[str, dict[str, Any]] = {
    "": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "uri": {"type": "string", "format": "uri"},
    "email": {"type": "string", "format": "email"},
    "number": {"type": "number"},
    "any": {},
    **{name: {"type": "string", "enum": codes} for name, codes in CODES.items()},
}


def schema_of(name: str, *, strict: bool) -> dict[str, Any]:
    """A JSON schema of one object; where `strict`, with what we ask beyond the official one."""
    definitions = {one: _object(words, strict=strict) for one, words in TABLE.items()}
    return {"$ref": f"#/$defs/{name}", "$defs": definitions}


def _object(words: str, *, strict: bool) -> dict[str, Any]:
    fields = [word.rstrip("!").partition(":") for word in words.split()]
    made: dict[str, Any] = {
        "type": "object",
        "properties": {name: _field(kind, strict=strict) for name, _colon, kind in fields},
        "required": [word.partition(":")[0].rstrip("!") for word in words.split() if "!" in word],
    }
    # Ours: no field that nobody knows, and no text that says nothing.
    return made | ({"additionalProperties": False} if strict else {})


def _field(kind: str, *, strict: bool) -> dict[str, Any]:
    if kind.startswith("["):
        many = {"type": "array", "items": _field(kind.strip("[]"), strict=strict)}
        return many | ({"minItems": 1} if strict else {})
    if kind in PLAIN:
        is_text = PLAIN[kind].get("type") == "string"
        return PLAIN[kind] | ({"minLength": 1} if strict and is_text else {})
    return {"$ref": f"#/$defs/{kind}"}
