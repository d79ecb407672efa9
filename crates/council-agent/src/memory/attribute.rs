//! What a fact is about: the attributes of a person, and of which there is one value at a time.

mod words;

use council_core::MemoryKind;

/// What is known about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// What they are called.
    Name,
    /// What they want to be called.
    Nickname,
    /// The pronouns to use of them.
    Pronouns,
    /// Where they live.
    Home,
    /// When they were born.
    Birthday,
    /// How old they are.
    Age,
    /// What they work as.
    Job,
    /// Whom they work for.
    Employer,
    /// Whom they are with.
    Partner,
    /// The language they speak first, or want to be answered in.
    Language,
    /// Their time zone.
    Timezone,
    /// What they eat and do not eat, on principle.
    Diet,
    /// What they like.
    Likes,
    /// What they do not like.
    Dislikes,
    /// Relatives and friends.
    Family,
    /// Animals.
    Pet,
    /// What makes them ill.
    Allergy,
    /// Illnesses, medicine, injuries.
    Health,
    /// What they do for pleasure.
    Hobby,
    /// What they can do.
    Skill,
    /// Machines and programs that they use.
    Device,
    /// What they work on.
    Project,
    /// What they want to reach.
    Goal,
    /// What they are going to do.
    Plan,
    /// What they do regularly.
    Habit,
    /// What happened.
    Event,
    /// Anything else.
    Other,
}

impl Attribute {
    /// All of them, in the order of a profile.
    pub const ALL: [Self; 27] = [
        Self::Name,
        Self::Nickname,
        Self::Pronouns,
        Self::Home,
        Self::Birthday,
        Self::Age,
        Self::Job,
        Self::Employer,
        Self::Partner,
        Self::Language,
        Self::Timezone,
        Self::Diet,
        Self::Likes,
        Self::Dislikes,
        Self::Family,
        Self::Pet,
        Self::Allergy,
        Self::Health,
        Self::Hobby,
        Self::Skill,
        Self::Device,
        Self::Project,
        Self::Goal,
        Self::Plan,
        Self::Habit,
        Self::Event,
        Self::Other,
    ];

    /// Its name on the wire, in the database and for the model.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nickname => "nickname",
            Self::Pronouns => "pronouns",
            Self::Home => "home",
            Self::Birthday => "birthday",
            Self::Age => "age",
            Self::Job => "job",
            Self::Employer => "employer",
            Self::Partner => "partner",
            Self::Language => "language",
            Self::Timezone => "timezone",
            Self::Diet => "diet",
            Self::Likes => "likes",
            Self::Dislikes => "dislikes",
            Self::Family => "family",
            Self::Pet => "pet",
            Self::Allergy => "allergy",
            Self::Health => "health",
            Self::Hobby => "hobby",
            Self::Skill => "skill",
            Self::Device => "device",
            Self::Project => "project",
            Self::Goal => "goal",
            Self::Plan => "plan",
            Self::Habit => "habit",
            Self::Event => "event",
            Self::Other => "other",
        }
    }

    /// The attribute with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.as_str() == name)
    }

    /// Whether a new value takes the place of the former.
    pub const fn is_single(self) -> bool {
        match self {
            Self::Name
            | Self::Nickname
            | Self::Pronouns
            | Self::Home
            | Self::Birthday
            | Self::Age
            | Self::Job
            | Self::Employer
            | Self::Partner
            | Self::Language
            | Self::Timezone
            | Self::Diet => true,
            Self::Likes
            | Self::Dislikes
            | Self::Family
            | Self::Pet
            | Self::Allergy
            | Self::Health
            | Self::Hobby
            | Self::Skill
            | Self::Device
            | Self::Project
            | Self::Goal
            | Self::Plan
            | Self::Habit
            | Self::Event
            | Self::Other => false,
        }
    }

    /// Whether it is remembered as a fact or as a preference.
    pub const fn kind(self) -> MemoryKind {
        match self {
            Self::Likes | Self::Dislikes | Self::Nickname | Self::Pronouns => MemoryKind::Preference,
            _ => MemoryKind::Fact,
        }
    }
}
