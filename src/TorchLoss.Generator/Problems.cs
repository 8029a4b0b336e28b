using Microsoft.CodeAnalysis;

namespace TorchLoss.Generator;

/// <summary>The mistakes that are compile errors.</summary>
static class Problem
{
    public static readonly DiagnosticDescriptor NoDefinition = Error(
        "TL001",
        "Loss without definition",
        "{0} is marked [Loss] but has neither a static Compute(Tensor...) nor a static Value<R>(R...)"
    );

    public static readonly DiagnosticDescriptor NoText = Error(
        "TL002",
        "Undocumented option",
        "{0}: '{1}' has no <param> text"
    );

    public static readonly DiagnosticDescriptor BadName = Error(
        "TL003",
        "Name",
        "{0}: '{1}' must be lower_snake_case, as PyTorch spells options"
    );

    public static readonly DiagnosticDescriptor NotInlined = Error(
        "TL004",
        "Formula not inlined",
        "{0}: Value<R> needs [MethodImpl(Inline)]: without it the kernel runs four times slower"
    );

    public static readonly DiagnosticDescriptor NoEngine = Error(
        "TL005",
        "Kind without engine",
        "{0} has a formula Value<R>, but its kind has no Evaluate<F>(F formula, ...) to run it"
    );

    public static readonly DiagnosticDescriptor NoSummary = Error(
        "TL006",
        "Loss without text",
        "{0} has no <summary> that says what it does to a model"
    );

    public static readonly DiagnosticDescriptor UnknownOption = Error(
        "TL007",
        "Formula option without loss option",
        "{0}: every option of Value<R> must be a parameter of Compute with the same name"
    );

    public static readonly DiagnosticDescriptor UnknownNumber = Error(
        "TL008",
        "Formula of an unknown number",
        "{0}: its engine knows no number '{1}'; it offers {2}"
    );

    static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "TorchLoss", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
