# plm's pgmm on EmplUK, which comes with plm.  Run: Rscript dynamic_gmm.R
suppressMessages({library(plm); library(jsonlite)})
data("EmplUK", package = "plm")
for (pair in list(c("n", "emp"), c("w", "wage"), c("k", "capital"), c("ys", "output")))
  EmplUK[[pair[1]]] <- log(EmplUK[[pair[2]]])
panel <- pdata.frame(EmplUK, index = c("firm", "year"))

told <- function(model) {
  weights <- model$W
  out <- list(ninst = ncol(if (is.list(weights)) weights[[1]] else weights))
  for (kind in c("robust", "unadjusted")) {
    s <- summary(model, robust = kind == "robust")
    out[[kind]] <- list(
      coef = unname(s$coefficients[, 1]), se = unname(s$coefficients[, 2]),
      hansen = unname(s$sargan$statistic), df = unname(s$sargan$parameter),
      AR1 = unname(as.numeric(s$m1$statistic)), AR2 = unname(as.numeric(s$m2$statistic)),
      wald = unname(as.numeric(s$wald.coef$statistic)))
  }
  out
}
a <- n ~ lag(n, 1:2) + lag(w, 0:1) + lag(k, 0:2) + lag(ys, 0:2) | lag(n, 2:99)
b <- n ~ lag(n, 1:2) + lag(w, 0:1) + k + lag(ys, 0:1) | lag(n, 2:99)
s <- n ~ lag(n, 1) + lag(w, 0:1) + lag(k, 0:1) | lag(n, 2:99) + lag(w, 2:99) + lag(k, 2:99)
short <- n ~ lag(n, 1) + lag(w, 0:1) + lag(k, 0:1) | lag(n, 2:3) + lag(w, 2:3) + lag(k, 2:3)
fit <- function(formula, effect, model, ...) told(pgmm(formula, panel, effect = effect, model = model, ...))
res <- list(
  a_one = fit(a, "twoways", "onestep"), a_two = fit(a, "twoways", "twosteps"),
  b_one = fit(b, "twoways", "onestep"), b_two = fit(b, "twoways", "twosteps"),
  b_one_no_time_effects = fit(b, "individual", "onestep"),
  b_two_no_time_effects = fit(b, "individual", "twosteps"),
  b_two_collapse = fit(b, "twoways", "twosteps", collapse = TRUE),
  system_one_time_effects = fit(s, "twoways", "onestep", transformation = "ld"),
  system_two_time_effects = fit(s, "twoways", "twosteps", transformation = "ld"),
  system_one_no_constant = fit(s, "individual", "onestep", transformation = "ld"),
  system_two_no_constant = fit(s, "individual", "twosteps", transformation = "ld"),
  system_two_short_collapse = fit(short, "individual", "twosteps", transformation = "ld", collapse = TRUE))
write_json(res, "dynamic_gmm_plm.json", auto_unbox = TRUE, digits = NA, pretty = 1)
