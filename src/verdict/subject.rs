//! The application that is judged, with what many of its rules ask for.

use std::cell::OnceCell;

use crate::observe::{DataObject, Facts, Other, Place, Reading, Selection};
use crate::profile::Application;

/// An application under judgement.
pub(crate) struct Subject<'a> {
    facts: &'a Facts,
    pub(crate) application: &'static Application,
    /// Where its commands were answered.
    pub(crate) place: Place,
    /// The SELECT that opened it, if one did.
    pub(crate) opened: Option<&'a Selection>,
    /// The same, or else the first that asked for it.
    pub(crate) selected: Option<&'a Selection>,
    /// Every READ in its place, in order.
    pub(crate) readings: Vec<&'a Reading>,
    objects: OnceCell<Vec<DataObject<'a>>>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(facts: &'a Facts, application: &'static Application) -> Self {
        let place = Place::Application(application);
        let opened = facts.opened(application);
        let selected = opened.or_else(|| facts.selection(application));
        // Nobody reads in an application that did not open.
        let readings = facts.readings.iter().filter(|r| opened.is_some() && r.place == place);
        let readings = readings.collect();
        Self { facts, application, place, opened, selected, readings, objects: OnceCell::new() }
    }

    /// Its data objects, in the order in which they came.
    pub(crate) fn objects(&self) -> &[DataObject<'a>] {
        self.objects.get_or_init(|| self.facts.data_objects(self.application))
    }

    /// GET DATA of it, in order.
    pub(crate) fn get_data(&self) -> impl Iterator<Item = &'a Other> {
        self.facts.others_of(0xCA).filter(|other| other.place == self.place)
    }
}
