# Fixed effects with instruments: plm (Crime) and AER's ivreg with dummies (CigarettesSW).
# Rscript instruments.R > instruments.json
suppressMessages({library(plm); library(AER); library(jsonlite)})
data("Crime", package = "plm")
data("CigarettesSW", package = "AER")
crime <- pdata.frame(Crime, index = c("county", "year"))
equation <- lcrmrte ~ lprbarr + lpolpc + lprbconv + lprbpris + lavgsen + ldensity + lwcon |
  . - lprbarr - lpolpc + ltaxpc + lmix
table <- function(fit, rows = TRUE) {
  found <- coef(summary(fit))[rows, 1:2]
  list(coef = as.list(found[, 1]), se = as.list(found[, 2]))
}
within <- function(effect) table(plm(equation, crime, model = "within", effect = effect))
cigarettes <- transform(CigarettesSW, rprice = price / cpi, tdiff = (taxs - tax) / cpi,
                        rincome = income / population / cpi, rtax = tax / cpi)
dummies <- ivreg(log(packs) ~ log(rprice) + log(rincome) + state + year |
                   log(rincome) + tdiff + rtax + state + year, data = cigarettes)
cat(toJSON(list(
  meta = paste("plm", packageVersion("plm"), "AER", packageVersion("AER")),
  crime_individual = within("individual"), crime_twoways = within("twoways"),
  cigarettes_twoways = table(dummies, 2:3)
), auto_unbox = TRUE, digits = NA, pretty = TRUE))
