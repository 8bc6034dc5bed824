# Wrote plm_unit_roots.json (R 4.2.2, plm 2.6.2, urca 1.3-3): {key: [numbers]}.
# Unit roots: statistic and p-value; mean groups: coefficients, then standard errors.
# "unbalanced" leaves out some first and last years of three firms.
suppressMessages(library(plm))
data("Grunfeld", package = "plm")
data("Produc", package = "plm")
out <- list()
put <- function(key, numbers) if (all(is.finite(numbers))) out[[key]] <<- as.numeric(numbers)
pg <- pdata.frame(Grunfeld, index = c("firm", "year"))
pp <- pdata.frame(Produc, index = c("state", "year"))
short <- with(Grunfeld, (firm == 1 & year < 1938) | (firm == 4 & year > 1950) |
                (firm == 7 & (year < 1936 | year > 1952)))
pu <- pdata.frame(Grunfeld[!short, ], index = c("firm", "year"))
purt <- function(key, x, ...) {
  h <- tryCatch(suppressWarnings(purtest(x, ...)$statistic), error = function(e) NULL)
  if (!is.null(h)) put(key, c(h$statistic, if (is.na(h$p.value)) NULL else h$p.value))
}
for (panel in c("grunfeld", "unbalanced", "produc")) {
  variables <- if (panel == "produc") c("gsp", "unemp") else c("inv", "value", "capital")
  data <- switch(panel, grunfeld = pg, unbalanced = pu, produc = pp)
  for (v in variables) for (exo in c("none", "intercept", "trend")) for (lags in 0:2) {
    x <- if (v == "gsp") log(data[[v]]) else data[[v]]
    base <- paste(panel, v, exo, lags, sep = ":")
    for (test in c("levinlin", "madwu", "Pm", "invnormal", "logit"))
      purt(paste(base, test, sep = ":"), x, test = test, exo = exo, lags = lags)
    for (stat in c("Wtbar", "Ztbar", "tbar"))
      purt(paste(base, stat, sep = ":"), x, test = "ips", exo = exo, lags = lags, ips.stat = stat)
    if (lags == 0) for (cons in c(TRUE, FALSE))
      purt(paste(base, if (cons) "hadri" else "hadri_homoskedastic", sep = ":"), x,
           test = "hadri", exo = exo, Hcons = cons)
    if (lags > 0 && panel != "unbalanced") for (cut in c(FALSE, TRUE)) {
      type <- c(none = "none", intercept = "drift", trend = "trend")[[exo]]
      h <- suppressWarnings(cipstest(x, lags = lags, type = type, truncated = cut))
      put(paste(base, if (cut) "cips_truncated" else "cips", sep = ":"), h$statistic)
    }
  }
}
numbers <- function(m) { s <- summary(m)$CoefTable; c(s[, 1], s[, 2]) }
formulas <- list(grunfeld = inv ~ value + capital, unbalanced = inv ~ value + capital,
                 produc = log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp)
for (panel in names(formulas)) for (trend in c(FALSE, TRUE)) {
  data <- switch(panel, grunfeld = pg, unbalanced = pu, produc = pp)
  f <- formulas[[panel]]
  for (model in c("mg", "dmg", "cmg"))
    put(paste("pmg", panel, model, trend, sep = ":"), numbers(pmg(f, data, model = model, trend = trend)))
  for (model in c("mg", "p"))
    put(paste("pcce", panel, model, trend, sep = ":"), numbers(pcce(f, data, model = model, trend = trend)))
}
put("pmg:dynamic", numbers(pmg(inv ~ lag(inv) + value, pg, model = "mg")))
put("pcce:dynamic", numbers(pcce(inv ~ lag(inv) + value, pg, model = "mg")))
models <- list(twoways = plm(inv ~ value + capital, pg, model = "within", effect = "twoways"),
               within = plm(inv ~ value + capital, pg, model = "within"))
for (m in names(models)) for (test in c("lm", "sclm", "bcsclm")) {
  h <- pcdtest(models[[m]], test = test)
  put(paste("pcdtest", m, test, sep = ":"), c(h$statistic, h$p.value))
}
for (test in c("lm", "sclm")) {
  h <- pcdtest(pg$value, test = test)
  put(paste("pcdtest:value", test, sep = ":"), c(h$statistic, h$p.value))
}
lines <- sapply(names(out), function(k) sprintf('  "%s": [%s]', k,
  paste(formatC(out[[k]], digits = 14, format = "g"), collapse = ", ")))
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), "plm_unit_roots.json")
