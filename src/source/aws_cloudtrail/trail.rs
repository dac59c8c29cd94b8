//! Calls that blind a log or a detector: a trail stopped, deleted or narrowed, a recorder switched off.
//!
//! Who did it is the whole fact; no credential is its subject.

use super::call::Call;
use crate::event::{Action, Event, Target};

/// Service and call, sorted.
const CALLS: &[(&str, &str)] = &[
    ("access-analyzer", "DeleteAnalyzer"),
    ("bedrock", "DeleteModelInvocationLoggingConfiguration"),
    ("cloudtrail", "DeleteEventDataStore"),
    ("cloudtrail", "DeleteTrail"),
    ("cloudtrail", "PutEventSelectors"),
    ("cloudtrail", "PutInsightSelectors"),
    ("cloudtrail", "StopEventDataStoreIngestion"),
    ("cloudtrail", "StopLogging"),
    ("cloudtrail", "UpdateEventDataStore"),
    ("cloudtrail", "UpdateTrail"),
    ("config", "DeleteConfigurationRecorder"),
    ("config", "DeleteDeliveryChannel"),
    ("config", "StopConfigurationRecorder"),
    ("ec2", "DeleteFlowLogs"),
    ("guardduty", "DeleteDetector"),
    ("guardduty", "DeleteMembers"),
    ("guardduty", "DeletePublishingDestination"),
    ("guardduty", "DisassociateFromAdministratorAccount"),
    ("guardduty", "DisassociateFromMasterAccount"),
    ("guardduty", "DisassociateMembers"),
    ("guardduty", "StopMonitoringMembers"),
    ("guardduty", "UpdateDetector"),
    ("logs", "DeleteLogGroup"),
    ("logs", "DeleteLogStream"),
    ("logs", "DeleteSubscriptionFilter"),
    ("macie2", "DisableMacie"),
    ("route53resolver", "DeleteResolverQueryLogConfig"),
    ("route53resolver", "DisassociateResolverQueryLogConfig"),
    ("securityhub", "DisableSecurityHub"),
    ("wafv2", "DeleteLoggingConfiguration"),
];

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.succeeded() && CALLS.binary_search(&(call.service(), call.name())).is_ok() {
        events.push(call.event(Action::LoggingChanged, call.owner_realm(None), Target::None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_sorted() {
        assert!(CALLS.is_sorted_by(|a, b| a < b));
    }
}
