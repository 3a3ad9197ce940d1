// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

/** What all membranes of one verifier share. */
final class Kit {
    private final Findings findings;
    private final Levels levels;
    private final Debts debts;
    private final CallRules callRules;
    private final CallbackRules callbackRules;

    Kit(final VerifierOptions options) {
        findings = new Findings(options.clock(), options.fatal());
        levels = new Levels(findings, options);
        debts = new Debts(findings, options);
        final Ledger ledger = new Ledger(findings, levels, debts);
        final Refusals refusals = new Refusals();
        callRules = new CallRules(levels, ledger, debts, refusals);
        callbackRules = new CallbackRules(findings, ledger, debts, refusals);
    }

    Findings findings() {
        return findings;
    }

    Levels levels() {
        return levels;
    }

    Debts debts() {
        return debts;
    }

    CallRules callRules() {
        return callRules;
    }

    CallbackRules callbackRules() {
        return callbackRules;
    }
}
